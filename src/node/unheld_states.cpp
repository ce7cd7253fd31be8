// SPDX-License-Identifier: Apache-2.0
#include "node/unheld_states.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/duration.hpp"
#include "node/node_labels.hpp"

namespace dsn::node {
namespace {

constexpr std::size_t kWarningsMax = 5;
constexpr std::size_t kKiB = 1024;

bool is_missed(const core::Peer& peer) {
  if (!peer.copy.unheld) return false;
  return !peer.is_lost() || peer.copy.unheld->signed_version.incarnation > 0;
}

Warning warning_of(const core::Node& node, const core::Peer& peer, Instant now) {
  const core::UnheldState& unheld = *peer.copy.unheld;
  const std::string label =
      in_conflict(node, peer) ? disputed_label(peer.name, peer.id) : peer.name;
  return {
      "no-room", label,
      fmt::format(
          "no room for the state of {} ({} KiB) for {}: {}", label,
          (unheld.bytes + kKiB - 1) / kKiB,
          rounded_duration_text(std::chrono::milliseconds(to_ms(now - unheld.since))),
          unheld.given_up ? "it was given up for states of others" : "its readings here are old"),
      fmt::format("{} KiB of each node always fit: write fewer or shorter values there, or take "
                  "out what is not wanted (dsn nodes)",
                  core::kReplicaShareBytes / kKiB)};
}

}  // namespace

std::string unheld_reason(const core::Peer& peer) {
  if (!peer.copy.unheld) return "";
  return peer.copy.unheld->given_up ? "no room for its state" : "no room for its newest state";
}

std::vector<Warning> memory_warnings(const core::Node& node, Instant now) {
  std::vector<Warning> warnings;
  std::size_t more = 0;
  for (const auto& peer : node.peers().all()) {
    if (!is_missed(*peer)) continue;
    if (warnings.size() < kWarningsMax) {
      warnings.push_back(warning_of(node, *peer, now));
    } else {
      ++more;
    }
  }
  if (more > 0) {
    warnings.push_back(
        {"no-room", "", fmt::format("no room for the states of {} more nodes", more), ""});
  }
  return warnings;
}

}  // namespace dsn::node
