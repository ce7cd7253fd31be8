// SPDX-License-Identifier: Apache-2.0
#include "core/peers/members.hpp"

namespace dsn::core {

void Members::add(Peer& peer) {
  peer.digest.member_index = all_.size();
  all_.push_back(&peer);
  membership_.sum += peer.member_hash;
  ++membership_.count;
  ++places_[peer.path.proven()];
}

void Members::remove(Peer& peer) {
  all_[peer.digest.member_index] = all_.back();
  all_[peer.digest.member_index]->digest.member_index = peer.digest.member_index;
  all_.pop_back();
  membership_.sum -= peer.member_hash;
  --membership_.count;
  leave_place(peer.path.proven());
}

void Members::forget(Peer& peer) {
  fingerprints_[bucket_of(peer.id.prefix())] -= peer.digest.counted;
  if (peer.digest.queued) std::erase(uncounted_, &peer);
}

void Members::moved(const Peer& peer, const Endpoint& before) {
  leave_place(before);
  ++places_[peer.path.proven()];
}

void Members::leave_place(const Endpoint& endpoint) {
  const auto place = places_.find(endpoint);
  if (place != places_.end() && --place->second == 0) places_.erase(place);
}

void Members::holding_changed(Peer& peer) {
  if (peer.digest.queued) return;
  fingerprints_[bucket_of(peer.id.prefix())] -= peer.digest.counted;
  peer.digest.counted = 0;
  peer.digest.queued = true;
  uncounted_.push_back(&peer);
}

Peer* Members::take_uncounted() {
  if (uncounted_.empty()) return nullptr;
  Peer* peer = uncounted_.back();
  uncounted_.pop_back();
  peer->digest.queued = false;
  return peer;
}

void Members::count_fingerprint(Peer& peer, std::uint64_t fingerprint) {
  peer.digest.counted = fingerprint;
  fingerprints_[bucket_of(peer.id.prefix())] += fingerprint;
}

}  // namespace dsn::core
