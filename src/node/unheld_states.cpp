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

// Since when, in a unit that is read at a glance.
std::string span_text(Duration span) {
  const auto seconds = std::max(std::chrono::duration_cast<std::chrono::seconds>(span), 0s);
  if (seconds < 2min) return duration_text(seconds);
  return duration_text(std::chrono::duration_cast<std::chrono::minutes>(seconds));
}

bool is_missed(const core::Peer& peer) {
  if (!peer.copy.unheld) return false;
  return !peer.is_lost() || peer.copy.unheld->signed_version.incarnation > 0;
}

std::string warning_of(const core::Node& node, const core::Peer& peer, Instant now) {
  const core::UnheldState& unheld = *peer.copy.unheld;
  const std::string label =
      in_conflict(node, peer) ? disputed_label(peer.name, peer.id) : peer.name;
  return fmt::format(
      "no room for the state of {} ({} KiB) for {}: {}; {} KiB of each node always fit, so write "
      "fewer or shorter values there, or take out what is not wanted (dsn nodes)",
      label, (unheld.bytes + kKiB - 1) / kKiB, span_text(now - unheld.since),
      unheld.given_up ? "it was given up for states of others" : "its readings here are old",
      core::kReplicaShareBytes / kKiB);
}

}  // namespace

std::string unheld_reason(const core::Peer& peer) {
  if (!peer.copy.unheld) return "";
  return peer.copy.unheld->given_up ? "no room for its state" : "no room for its newest state";
}

std::vector<std::string> memory_warnings(const core::Node& node, Instant now) {
  std::vector<std::string> warnings;
  std::size_t more = 0;
  for (const auto& peer : node.peers().all()) {
    if (!is_missed(*peer)) continue;
    if (warnings.size() < kWarningsMax) {
      warnings.push_back(warning_of(node, *peer, now));
    } else {
      ++more;
    }
  }
  if (more > 0) warnings.push_back(fmt::format("no room for the states of {} more nodes", more));
  return warnings;
}

}  // namespace dsn::node
