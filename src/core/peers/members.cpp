// SPDX-License-Identifier: Apache-2.0
#include "core/peers/members.hpp"

namespace dsn::core {

void Members::add(Peer& peer) {
  peer.member_index = all_.size();
  all_.push_back(&peer);
  membership_.sum += peer.member_hash;
  ++membership_.count;
  ++places_[peer.endpoint];
}

void Members::remove(Peer& peer) {
  all_[peer.member_index] = all_.back();
  all_[peer.member_index]->member_index = peer.member_index;
  all_.pop_back();
  membership_.sum -= peer.member_hash;
  --membership_.count;
  leave_place(peer.endpoint);
}

void Members::forget(Peer& peer) {
  fingerprints_[bucket_of(peer.id.prefix())] -= peer.fingerprint_counted;
  if (peer.uncounted) std::erase(uncounted_, &peer);
}

void Members::moved(const Peer& peer, const Endpoint& before) {
  leave_place(before);
  ++places_[peer.endpoint];
}

void Members::leave_place(const Endpoint& endpoint) {
  const auto place = places_.find(endpoint);
  if (place != places_.end() && --place->second == 0) places_.erase(place);
}

void Members::holding_changed(Peer& peer) {
  if (peer.uncounted) return;
  fingerprints_[bucket_of(peer.id.prefix())] -= peer.fingerprint_counted;
  peer.fingerprint_counted = 0;
  peer.uncounted = true;
  uncounted_.push_back(&peer);
}

Peer* Members::take_uncounted() {
  if (uncounted_.empty()) return nullptr;
  Peer* peer = uncounted_.back();
  uncounted_.pop_back();
  peer->uncounted = false;
  return peer;
}

void Members::count_fingerprint(Peer& peer, std::uint64_t fingerprint) {
  peer.fingerprint_counted = fingerprint;
  fingerprints_[bucket_of(peer.id.prefix())] += fingerprint;
}

}  // namespace dsn::core
