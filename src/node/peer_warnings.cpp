// SPDX-License-Identifier: Apache-2.0
#include "node/peer_warnings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/duration.hpp"
#include "node/half_met_view.hpp"
#include "node/node_labels.hpp"
#include "node/shown_node.hpp"

namespace dsn::node {
namespace {

constexpr std::size_t kNamed = 8;
// A machine that was set up anew has the address of the node that it was, until that one is gone.
constexpr Duration kSamePatience = 30s;
// Of fewer frames nothing can be said; some are lost by chance on any Wi-Fi.
constexpr std::uint64_t kFramesMin = 40;
constexpr double kLossBad = 0.2;
constexpr Duration kRoundTripBad = 1s;

Warning not_answering(const HalfMetNode& one, std::uint16_t port) {
  return {"half-met", one.node,
          fmt::format("{} is heard at {}{} and does not answer: {} times in {}, last {} ago",
                      one.node, one.address,
                      one.interface_name.empty() ? "" : " on " + one.interface_name, one.count,
                      rounded_duration_text(one.first_ago), rounded_duration_text(one.heard_ago)),
          fmt::format("a firewall there or on the way stops UDP to {}, one on this machine UDP {}, "
                      "or its whitelist_node_ids leaves this node out",
                      one.address, port)};
}

void warn_of_half_met(const core::Node& node, std::uint16_t port, Instant now,
                      std::vector<Warning>& warnings) {
  std::string left_out;
  std::size_t left_out_count = 0;
  for (const HalfMetNode& one : half_met(node, now)) {
    if (!one.left_out) {
      warnings.push_back(not_answering(one, port));
    } else if (++left_out_count <= kNamed) {
      left_out +=
          fmt::format("{}{} ({}, {} times, last {} ago)", left_out.empty() ? "" : ", ", one.node,
                      one.address, one.count, rounded_duration_text(one.heard_ago));
    }
  }
  if (left_out_count == 0) return;
  if (left_out_count > kNamed) left_out += fmt::format(" and {} more", left_out_count - kNamed);
  warnings.push_back(
      {"not-listed", "",
       fmt::format("nodes ask to be let in that whitelist_node_ids leaves out: {}", left_out),
       "add their names to whitelist_node_ids, or leave it so"});
}

/// The nodes at each address, but those of one machine's loopback.
std::map<Endpoint, std::vector<std::string>> nodes_by_address(const core::Node& node, Instant now) {
  std::map<Endpoint, std::vector<std::string>> all;
  for (const auto& peer : node.peers().all()) {
    const Endpoint at = peer->path.proven();
    if (!peer->reachable() || at.port == 0 || now - peer->life.met < kSamePatience) continue;
    all[at].push_back(shown_peer(node, *peer, now).label);
  }
  for (const core::HeardNode& one : node.half_met(now)) {
    const bool is_lasting = now - one.first >= kSamePatience && now - one.last < kSamePatience;
    if (one.count >= 2 && is_lasting) all[one.at].push_back(one.name);
  }
  return all;
}

void warn_of_shared_addresses(const core::Node& node, Instant now, std::vector<Warning>& warnings) {
  for (const auto& [address, names] : nodes_by_address(node, now)) {
    if (names.size() < 2) continue;
    warnings.push_back({"same-address", address.to_string(),
                        fmt::format("{} and {} are both heard at {}: two machines have one IP "
                                    "address",
                                    names[0], names[1], address.to_string()),
                        "give one of them another address; look for it on other machines too"});
  }
}

void warn_of_links(const core::Node& node, Instant now, std::vector<Warning>& warnings) {
  for (const core::Peer* peer : node.peers().members().all()) {
    if (peer->session.loss.frames() < kFramesMin) continue;
    const double loss = peer->session.loss.loss().value_or(0.0);
    const bool is_slow = peer->syn.round_trip >= kRoundTripBad;
    if (loss < kLossBad && !is_slow) continue;
    const std::string label = shown_peer(node, *peer, now).label;
    warnings.push_back(
        {"bad-link", label,
         fmt::format("{} % of the last {} frames of {} were lost, and an answer of it takes {} ms",
                     static_cast<int>(loss * 100), peer->session.loss.frames(), label,
                     to_ms(peer->syn.round_trip)),
         "see to its Wi-Fi (distance, channel, power saving) or cable, and whether one of the two "
         "machines is overloaded"});
    if (warnings.size() >= kNamed) return;
  }
}

}  // namespace

std::vector<Warning> peer_warnings(const core::Node& node, std::uint16_t port, Instant now) {
  std::vector<Warning> warnings;
  warn_of_half_met(node, port, now, warnings);
  warn_of_shared_addresses(node, now, warnings);
  warn_of_links(node, now, warnings);
  return warnings;
}

}  // namespace dsn::node
