// SPDX-License-Identifier: Apache-2.0
#include "node/shown_node.hpp"

#include "base/duration.hpp"
#include "net/socket_address.hpp"
#include "node/node_labels.hpp"
#include "node/unheld_states.hpp"

namespace dsn::node {
namespace {

NodeState state_of(core::PeerState state) {
  switch (state) {
    case core::PeerState::live:
      return NodeState::live;
    case core::PeerState::late:
    case core::PeerState::overdue:
    case core::PeerState::awaited:
      return NodeState::late;
    case core::PeerState::asleep:
      return NodeState::asleep;
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

std::string sleep_text(const core::Peer& peer, Instant now) {
  const Duration left = peer.life.since + peer.life.silence - now;
  if (left <= Duration(0)) return "about to come back";
  if (left > 2min)
    return "back within " + duration_text(std::chrono::ceil<std::chrono::minutes>(left));
  return "back within " + duration_text(std::chrono::ceil<std::chrono::seconds>(left));
}

std::string state_reason(const core::Peer& peer, Instant now) {
  switch (peer.life.state) {
    case core::PeerState::asleep:
      return sleep_text(peer, now);
    case core::PeerState::late:
    case core::PeerState::overdue:
    case core::PeerState::gone:
      return peer.session.ended ? "did not come back" : "silent";
    case core::PeerState::live:
    case core::PeerState::restarting:
    case core::PeerState::left:
    case core::PeerState::awaited:
      return "";
  }
  return "";
}

std::string absence_text(const core::Peer& peer) {
  std::string text = "not heard since this agent started";
  if (peer.path.remembered.port != 0) text += "; last at " + net::host_text(peer.path.remembered);
  return text;
}

std::string reason_of(const core::Node& node, const core::Peer& peer, Instant now) {
  std::string reason = state_reason(peer, now);
  const bool is_told =
      peer.life.state == core::PeerState::asleep || peer.life.state == core::PeerState::left;
  if (peer.is_only_remembered()) {
    if (!is_told) reason = absence_text(peer);
  } else if (!peer.session.confirmed) {
    reason = "never heard by this node, others told of it";
  }
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
  shown.reason = reason_of(node, peer, now);
  shown.since = now - peer.life.since;
  shown.store = &peer.copy.replica.store();
  shown.held = &node.held();
  shown.version = peer.copy.replica.version();
  shown.via = via_text(node, peer);
  shown.heard = now - peer.life.heard;
  shown.clock_zero = peer.copy.replica.local_time(0);
  shown.awaited = peer.life.state == core::PeerState::awaited;
  shown.outdated = peer.copy.unheld.has_value();
  return shown;
}

std::vector<ShownNode> shown_expected(const core::Node& node, Instant now) {
  static const core::EntryStore kNone;
  std::vector<ShownNode> all;
  const Instant gone_at = node.expected().gone_at();
  for (const std::string& name : node.expected().missing()) {
    ShownNode shown;
    shown.id = shown.owner = core::ExpectedNodes::id_of(name);
    shown.name = shown.label = name;
    shown.awaited = now < gone_at;
    shown.state = shown.awaited ? NodeState::late : NodeState::gone;
    shown.reason =
        node.names().holder(name) ? "expected, not heard for long" : "expected, never heard";
    shown.since = now - (shown.awaited ? gone_at - core::kAwaitedMax : gone_at);
    shown.store = &kNone;
    shown.held = &node.held();
    shown.via = "";
    all.push_back(std::move(shown));
  }
  return all;
}

std::optional<ShownNode> find_expected(const core::Node& node, const NodeId& id, Instant now) {
  if (node.expected().name_of(id).empty()) return std::nullopt;
  for (ShownNode& shown : shown_expected(node, now)) {
    if (shown.id == id) return std::move(shown);
  }
  return std::nullopt;
}

std::string address_text(const core::Peer& peer) {
  const Endpoint& endpoint = peer.session.confirmed ? peer.path.endpoint : peer.path.last();
  return endpoint.port == 0 ? "" : net::address_text(endpoint);
}

std::string via_text(const core::Node& node, const core::Peer& peer) {
  if (peer.is_only_remembered()) return "remembered";
  const bool unheard = peer.life.is_relayed || peer.life.is_unanswered;
  const bool relayed = unheard && peer.reachable();
  const core::Peer* teller = relayed ? node.peers().find(peer.life.told_by) : nullptr;
  return teller == nullptr ? rung_text(peer) : "via " + teller->name;
}

std::string rung_text(const core::Peer& peer) {
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
