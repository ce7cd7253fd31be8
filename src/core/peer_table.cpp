// SPDX-License-Identifier: Apache-2.0
#include "core/peer_table.hpp"

#include <algorithm>

namespace dsn {

Peer* PeerTable::add(const NodeId& id, const PublicKey& key) {
  // This node itself counts too. Two ids with one 8-byte prefix do not occur by chance.
  if (peers_.size() + 1 >= kNodesMax || by_prefix_.contains(id.prefix())) return nullptr;
  peers_.push_back(std::make_unique<Peer>(id, key));
  by_prefix_[id.prefix()] = peers_.back().get();
  return peers_.back().get();
}

void PeerTable::erase(const NodeId& id) {
  const auto found = std::ranges::find_if(peers_, [&](const auto& peer) { return peer->id == id; });
  if (found == peers_.end()) return;
  unmap((*found)->session.peer, **found);
  if ((*found)->candidate) unmap((*found)->candidate->peer, **found);
  by_prefix_.erase(id.prefix());
  peers_.erase(found);
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
