// SPDX-License-Identifier: Apache-2.0
#include "core/peers/peer_table.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"

namespace dsn::core {

Peer* PeerTable::add(const NodeId& id, const PublicKey& key, Instant now) {
  // Two ids with one 8-byte prefix do not occur by chance.
  // protocol.md [prefix-taken]
  if (by_prefix_.contains(id.prefix()) || !make_room(now)) return nullptr;
  peers_.push_back(std::make_unique<Peer>(id, key));
  Peer& peer = *peers_.back();
  peer.life.met = now;
  by_prefix_[id.prefix()] = &peer;
  restore(peer);
  return &peer;
}

// This node itself counts too. Identities cost nothing to make, so those that were only ever met
// must not keep others out. Nor must those that are known only through others.
// protocol.md [unproven-yields] [relay-yields]
bool PeerTable::make_room(Instant now) {
  if (peers_.size() + 1 < kNodesMax) return true;
  const Peer* oldest = nullptr;
  for (const auto& peer : peers_) {
    const bool unproven = peer->is_only_relayed() || (peer->life.state == PeerState::met &&
                                                      peer->life.met + kUnprovenGrace <= now);
    if (unproven && (oldest == nullptr || peer->life.met < oldest->life.met)) oldest = peer.get();
  }
  if (oldest == nullptr) return false;
  erase(NodeId(oldest->id), now);
  return true;
}

void PeerTable::erase(const NodeId& id, Instant now) {
  const auto found = std::ranges::find_if(peers_, [&](const auto& peer) { return peer->id == id; });
  if (found == peers_.end()) return;
  if ((*found)->reachable()) members_.remove(**found);
  members_.forget(**found);
  keep_forgotten(**found, now);
  unmap((*found)->session.peer, **found);
  if ((*found)->candidate) unmap((*found)->candidate->peer, **found);
  by_prefix_.erase(id.prefix());
  peers_.erase(found);
}

// protocol.md [window-buried]
void PeerTable::keep_forgotten(const Peer& peer, Instant now) {
  if (!peer.session.confirmed && peer.run.incarnation == 0) return;
  ForgottenNode node;
  node.key = peer.public_key;
  node.incarnation = peer.run.incarnation;
  node.relayed_session = peer.run.relayed_session;
  node.session = peer.previous.session;
  node.sequence = peer.previous.sequence;
  node.head = peer.run.head;
  node.high_water = high_water_of(peer);
  node.forgotten = now;
  if (has_bug(InjectedBug::forgotten_without_head)) node.head = {};
  if (peer.session.confirmed) {
    node.session = peer.session.peer;
    node.sequence = peer.session.received.highest();
  }
  remember(peer.id, std::move(node));
}

void PeerTable::remember(const NodeId& id, ForgottenNode node) {
  if (forgotten_.size() >= kForgottenNodesMax) {
    forgotten_.erase(std::ranges::min_element(
        forgotten_, {}, [](const auto& held) { return held.second.forgotten; }));
  }
  forgotten_[id] = std::move(node);
}

void PeerTable::restore(Peer& peer) {
  const auto node = forgotten_.find(peer.id);
  if (node == forgotten_.end() || has_bug(InjectedBug::forgotten_node_unknown)) return;
  peer.run.incarnation = node->second.incarnation;
  peer.run.relayed_session = node->second.relayed_session;
  peer.previous = {node->second.session, node->second.sequence};
  peer.run.head = std::move(node->second.head);
  peer.copy.high_water = node->second.high_water;
  forgotten_.erase(node);
}

HighWater PeerTable::high_water(const NodeId& id) const {
  if (const Peer* peer = find(id)) return peer->copy.high_water;
  const auto node = forgotten_.find(id);
  return node == forgotten_.end() ? HighWater{} : node->second.high_water;
}

void PeerTable::set_state(Peer& peer, PeerState state) {
  const bool before = peer.reachable();
  peer.life.state.state_ = state;
  if (peer.reachable() == before) return;
  if (before) {
    members_.remove(peer);
  } else {
    members_.add(peer);
  }
  members_.holding_changed(peer);
}

void PeerTable::set_endpoint(Peer& peer, const Endpoint& endpoint) {
  if (peer.path.endpoint == endpoint) return;
  const Endpoint before = std::exchange(peer.path.endpoint, endpoint);
  if (peer.reachable()) members_.moved(peer, before);
}

void PeerTable::set_origin(Peer& peer, Rung rung, std::string_view via) {
  peer.path.rung = rung;
  peer.path.via = via;
}

void PeerTable::replica_changed(Peer& peer) {
  if (!has_bug(InjectedBug::fingerprint_kept)) peer.digest.version = {};
  members_.holding_changed(peer);
}

void PeerTable::checkpoint_changed(Peer& peer) { members_.holding_changed(peer); }

Peer* PeerTable::find(const NodeId& id) {
  Peer* peer = find_prefix(id.prefix());
  return peer != nullptr && peer->id == id ? peer : nullptr;
}

const Peer* PeerTable::find(const NodeId& id) const {
  const auto found = by_prefix_.find(id.prefix());
  return found != by_prefix_.end() && found->second->id == id ? found->second : nullptr;
}

Peer* PeerTable::find_prefix(std::uint64_t prefix) {
  const auto found = by_prefix_.find(prefix);
  return found == by_prefix_.end() ? nullptr : found->second;
}

void PeerTable::set_session(Peer& peer, const Session& session) {
  unmap(peer.session.peer, peer);
  peer.session = session;
  map(session.peer, peer);
}

void PeerTable::set_candidate(Peer& peer, const Session& session) {
  drop_candidate(peer);
  peer.candidate = session;
  map(session.peer, peer);
}

// What was heard in it is not to be heard again, should a recording of it come.
// protocol.md [window-buried]
void PeerTable::end_session(Peer& peer) {
  DSN_CHECK(!peer.reachable());
  if (peer.session.confirmed) {
    peer.previous = {peer.session.peer, peer.session.received.highest()};
  }
  unmap(peer.session.peer, peer);
  peer.session = {};
}

// protocol.md [window-buried]
void PeerTable::promote_candidate(Peer& peer) {
  peer.previous = {peer.session.peer, peer.session.received.highest()};
  unmap(peer.session.peer, peer);
  peer.session = *peer.candidate;
  peer.candidate.reset();
}

void PeerTable::drop_candidate(Peer& peer) {
  if (peer.candidate) unmap(peer.candidate->peer, peer);
  peer.candidate.reset();
}

void PeerTable::map(SessionId session, Peer& peer) {
  by_session_.emplace(static_cast<std::uint64_t>(session), &peer);
}

void PeerTable::unmap(SessionId session, const Peer& peer) {
  auto [at, end] = by_session_.equal_range(static_cast<std::uint64_t>(session));
  at = std::find_if(at, end, [&](const auto& held) { return held.second == &peer; });
  if (at != end) by_session_.erase(at);
}

}  // namespace dsn::core
