// SPDX-License-Identifier: Apache-2.0
#include "node/shown_node.hpp"

#include "node/node_labels.hpp"
#include "node/unheld_states.hpp"

namespace dsn::node {
namespace {

NodeState state_of(core::PeerState state) {
  switch (state) {
    case core::PeerState::live:
      return NodeState::live;
    case core::PeerState::late:
      return NodeState::late;
    case core::PeerState::gone:
      return NodeState::gone;
    case core::PeerState::restarting:
      return NodeState::restarting;
    case core::PeerState::left:
      return NodeState::left;
  }
  return NodeState::gone;
}

NodeRole role_of(bool is_observer) { return is_observer ? NodeRole::observer : NodeRole::node; }

std::string reason_of(const core::Node& node, const core::Peer& peer) {
  std::string reason;
  const bool silent =
      peer.life.state == core::PeerState::late || peer.life.state == core::PeerState::gone;
  if (silent) reason = peer.session.ended ? "did not come back" : "silent";
  if (!peer.session.confirmed) reason = "known from others only";
  for (const std::string& more : {conflict_reason(node, peer), unheld_reason(peer)}) {
    if (!reason.empty() && !more.empty()) reason += "; ";
    reason += more;
  }
  return reason;
}

}  // namespace

ShownNode shown_self(const core::Node& node) {
  const core::LocalNode& self = node.self();
  ShownNode shown;
  shown.id = shown.owner = self.id();
  shown.name = shown.label = self.name();
  shown.role = role_of(self.is_observer());
  shown.store = &self.state().store();
  shown.held = &node.held();
  shown.version = self.version();
  shown.clock_zero = self.state().session_start();
  return shown;
}

ShownNode shown_peer(const core::Node& node, const core::Peer& peer, Instant now) {
  ShownNode shown;
  shown.id = shown.owner = peer.id;
  shown.name = peer.name;
  shown.conflict = in_conflict(node, peer);
  shown.label = shown.conflict ? disputed_label(peer.name, peer.id) : peer.name;
  shown.state = state_of(peer.life.state);
  shown.role = role_of(peer.session.is_observer);
  shown.reason = reason_of(node, peer);
  shown.since = now - peer.life.since;
  shown.store = &peer.copy.replica.store();
  shown.held = &node.held();
  shown.version = peer.copy.replica.version();
  shown.via = via_text(peer);
  shown.heard = now - peer.life.heard;
  shown.clock_zero = peer.copy.replica.local_time(0);
  shown.outdated = peer.copy.unheld.has_value();
  return shown;
}

std::string via_text(const core::Peer& peer) {
  const auto with = [&peer](const std::string& rung, char open, const std::string& close) {
    return peer.path.via.empty() ? rung : rung + open + peer.path.via + close;
  };
  switch (peer.path.rung) {
    case core::Rung::multicast_ipv4:
      return with("mcast4", '@', "");
    case core::Rung::multicast_ipv6:
      return with("mcast6", '@', "");
    case core::Rung::remembered:
      return "remembered";
    case core::Rung::bootstrap:
      return with("bootstrap", '(', ")");
    case core::Rung::gossip:
      return with("gossip", '(', ")");
    case core::Rung::hello:
      return with("hello", '@', "");
  }
  return "";
}

}  // namespace dsn::node
