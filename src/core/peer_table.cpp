// SPDX-License-Identifier: Apache-2.0
#include "core/peer_table.hpp"

#include <algorithm>
#include <utility>

#include "core/injected_bugs.hpp"

namespace dsn {

Peer* PeerTable::add(const NodeId& id, const PublicKey& key, Instant now) {
  // Two ids with one 8-byte prefix do not occur by chance.
  // protocol.md [prefix-taken]
  if (by_prefix_.contains(id.prefix()) || !make_room(now)) return nullptr;
  peers_.push_back(std::make_unique<Peer>(id, key));
  Peer& peer = *peers_.back();
  peer.met = now;
  by_prefix_[id.prefix()] = &peer;
  exhume(peer);
  return &peer;
}

// This node itself counts too. Identities cost nothing to make, so those that were only ever met
// must not keep others out.
// protocol.md [unproven-yields]
bool PeerTable::make_room(Instant now) {
  if (peers_.size() + 1 < kNodesMax) return true;
  const Peer* oldest = nullptr;
  for (const auto& peer : peers_) {
    const bool unproven = peer->state == PeerState::met && peer->met + kUnprovenGrace <= now;
    if (unproven && (oldest == nullptr || peer->met < oldest->met)) oldest = peer.get();
  }
  if (oldest == nullptr) return false;
  erase(NodeId(oldest->id), now);
  return true;
}

void PeerTable::erase(const NodeId& id, Instant now) {
  const auto found = std::ranges::find_if(peers_, [&](const auto& peer) { return peer->id == id; });
  if (found == peers_.end()) return;
  bury(**found, now);
  unmap((*found)->session.peer, **found);
  if ((*found)->candidate) unmap((*found)->candidate->peer, **found);
  by_prefix_.erase(id.prefix());
  peers_.erase(found);
}

// protocol.md [window-buried]
void PeerTable::bury(const Peer& peer, Instant now) {
  if (!peer.session.confirmed && peer.incarnation_heard == 0) return;
  if (tombs_.size() >= kTombsMax) {
    tombs_.erase(
        std::ranges::min_element(tombs_, {}, [](const auto& tomb) { return tomb.second.buried; }));
  }
  Tomb tomb{peer.incarnation_heard, peer.buried_session, peer.buried_sequence, peer.head, now};
  if (peer.session.confirmed) {
    tomb.session = peer.session.peer;
    tomb.sequence = peer.session.received.highest();
  }
  tombs_[peer.id] = std::move(tomb);
}

void PeerTable::exhume(Peer& peer) {
  const auto tomb = tombs_.find(peer.id);
  if (tomb == tombs_.end() || has_bug(InjectedBug::forgotten_node_unknown)) return;
  peer.incarnation_heard = tomb->second.incarnation;
  peer.buried_session = tomb->second.session;
  peer.buried_sequence = tomb->second.sequence;
  peer.head = std::move(tomb->second.head);
  tombs_.erase(tomb);
}

std::size_t PeerTable::reachable_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(peers_, [](const auto& peer) { return peer->reachable(); }));
}

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

Peer* PeerTable::find_session(SessionId session) {
  const auto found = by_session_.find(static_cast<std::uint64_t>(session));
  return found == by_session_.end() ? nullptr : found->second;
}

void PeerTable::set_session(Peer& peer, const Session& session) {
  unmap(peer.session.peer, peer);
  peer.session = session;
  by_session_[static_cast<std::uint64_t>(session.peer)] = &peer;
}

void PeerTable::set_candidate(Peer& peer, const Session& session) {
  drop_candidate(peer);
  peer.candidate = session;
  by_session_[static_cast<std::uint64_t>(session.peer)] = &peer;
}

void PeerTable::promote_candidate(Peer& peer) {
  unmap(peer.session.peer, peer);
  peer.session = *peer.candidate;
  peer.name = peer.candidate_name;
  peer.candidate.reset();
}

void PeerTable::drop_candidate(Peer& peer) {
  if (peer.candidate) unmap(peer.candidate->peer, peer);
  peer.candidate.reset();
}

void PeerTable::unmap(SessionId session, const Peer& peer) {
  const auto found = by_session_.find(static_cast<std::uint64_t>(session));
  if (found != by_session_.end() && found->second == &peer) by_session_.erase(found);
}

}  // namespace dsn
