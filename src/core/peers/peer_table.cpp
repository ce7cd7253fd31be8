// SPDX-License-Identifier: Apache-2.0
#include "core/peers/peer_table.hpp"

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"

namespace dsn::core {

Peer* PeerTable::add(const NodeId& id, const PublicKey& key, const Endpoint& from, Instant now) {
  // Two ids with one 8-byte prefix do not occur by chance.
  // protocol.md [prefix-taken]
  if (by_prefix_.contains(id.prefix()) || !make_room(from, now)) return nullptr;
  peers_.push_back(std::make_unique<Peer>(id, key));
  Peer& peer = *peers_.back();
  peer.life.met = now;
  by_prefix_[id.prefix()] = &peer;
  restore(peer);
  return &peer;
}

// This node itself counts too. Identities cost nothing to make, so those of one machine must not
// keep others out, and none that is not there any more. protocol.md [table-yields] [relay-yields]
bool PeerTable::make_room(const Endpoint& from, Instant now) {
  if (peers_.size() + 1 < kNodesMax) return true;
  const Peer* yields = least_needed();
  if (yields == nullptr) yields = last_of_crowded_address(from);
  if (yields == nullptr) return false;
  erase(NodeId(yields->id), now);
  return true;
}

// Of those that are not there: one that only others know, else the one that was there for the
// shortest time.
const Peer* PeerTable::least_needed() const {
  const auto rank = [](const Peer& peer) {
    return std::pair(!peer.is_only_relayed(), peer.life.heard - peer.life.met);
  };
  const Peer* least = nullptr;
  for (const auto& peer : peers_) {
    if (!peer->is_lost()) continue;
    if (least == nullptr || rank(*peer) < rank(*least)) least = peer.get();
  }
  return least;
}

const Peer* PeerTable::last_of_crowded_address(const Endpoint& from) const {
  std::unordered_map<Endpoint, std::size_t, EndpointHash> counts;
  for (const auto& peer : peers_) ++counts[peer->path.endpoint.machine()];
  const std::size_t own = counts[from.machine()];
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& held) { return held.second; });
  if (most->second <= own + 1) return nullptr;
  const Peer* last = nullptr;
  for (const auto& peer : peers_) {
    if (peer->path.endpoint.machine() != most->first) continue;
    if (last == nullptr || peer->life.met > last->life.met) last = peer.get();
  }
  return last;
}

void PeerTable::erase(const NodeId& id, Instant now) {
  const auto found = std::ranges::find_if(peers_, [&](const auto& peer) { return peer->id == id; });
  if (found == peers_.end()) return;
  if ((*found)->reachable()) members_.remove(**found);
  members_.forget(**found);
  keep_forgotten(**found, now);
  by_label_.erase((*found)->session.receive.label);
  by_prefix_.erase(id.prefix());
  peers_.erase(found);
}

// protocol.md [window-buried]
void PeerTable::keep_forgotten(const Peer& peer, Instant now) {
  if (!peer.session.confirmed && peer.run.incarnation == 0 && !peer.life.was_there) return;
  ForgottenNode node;
  node.key = peer.public_key;
  node.incarnation = peer.run.incarnation;
  node.relayed_session = peer.run.relayed_session;
  node.previous = peer.previous;
  node.head = peer.run.head;
  node.high_water = high_water_of(peer);
  node.forgotten = now;
  node.met_before = peer.life.met_before;
  if (has_bug(InjectedBug::forgotten_without_head)) node.head = {};
  if (peer.session.confirmed) {
    node.previous.add({peer.session.peer, peer.session.received.highest()});
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
  peer.previous = std::move(node->second.previous);
  peer.run.head = std::move(node->second.head);
  peer.copy.high_water = node->second.high_water;
  peer.life.met_before = node->second.met_before;
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

// A proven address goes on to count until another one is proven: whoever sends frames of the peer
// on from elsewhere takes nothing away. protocol.md [address-newest] [address-unproven]
void PeerTable::heard_from(Peer& peer, const Endpoint& from, std::size_t bytes) {
  PeerPath& path = peer.path;
  const bool proven = path.is_proven();
  if (has_bug(InjectedBug::token_not_asked)) return move(peer, from, std::nullopt);
  if (proven && path.endpoint == from) {
    path.unproven.reset();
    return;
  }
  if (!path.unproven || path.unproven->endpoint != from) {
    const UnprovenAddress unproven{.endpoint = from};
    move(peer, proven ? path.endpoint : from, unproven);
  }
  path.unproven->bytes_left += kMovedBytesFactor * bytes;
}

void PeerTable::address_proven(Peer& peer) {
  move(peer, Endpoint(peer.path.unproven->endpoint), std::nullopt);
}

void PeerTable::move(Peer& peer, const Endpoint& to, std::optional<UnprovenAddress> unproven) {
  const Endpoint before = peer.path.proven();
  peer.path.endpoint = to;
  peer.path.unproven = unproven;
  if (peer.reachable() && peer.path.proven() != before) members_.moved(peer, before);
}

void PeerTable::set_origin(Peer& peer, Rung rung, std::string_view via) {
  peer.path.rung = rung;
  peer.path.via = via;
}

void PeerTable::note_multicast(const NodeId& id, Instant now) {
  if (Peer* peer = find(id)) peer->path.multicast_heard = now;
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
  const Peer* peer = find_prefix(id.prefix());
  return peer != nullptr && peer->id == id ? peer : nullptr;
}

Peer* PeerTable::find_prefix(std::uint64_t prefix) {
  const auto found = by_prefix_.find(prefix);
  return found == by_prefix_.end() ? nullptr : found->second;
}

const Peer* PeerTable::find_prefix(std::uint64_t prefix) const {
  const auto found = by_prefix_.find(prefix);
  return found == by_prefix_.end() ? nullptr : found->second;
}

Peer* PeerTable::find_label(std::uint64_t label) {
  const auto found = by_label_.find(label);
  return found == by_label_.end() ? nullptr : found->second;
}

const StoredHead& PeerTable::head_of(const NodeId& id) const {
  static const StoredHead kNone;
  if (const Peer* peer = find(id)) return peer->run.head;
  const auto node = forgotten_.find(id);
  return node == forgotten_.end() ? kNone : node->second.head;
}

void PeerTable::set_session(Peer& peer, const Session& session) {
  bury_session(peer);
  peer.session = session;
  by_label_[session.receive.label] = &peer;
}

void PeerTable::end_session(Peer& peer) {
  DSN_CHECK(!peer.reachable());
  bury_session(peer);
  peer.session = {};
}

// What was heard in it is not to be heard again, should a recording of it come.
// protocol.md [window-buried]
void PeerTable::bury_session(Peer& peer) {
  if (peer.session.peer == SessionId{}) return;
  peer.previous.add({peer.session.peer, peer.session.received.highest()});
  by_label_.erase(peer.session.receive.label);
}

}  // namespace dsn::core
