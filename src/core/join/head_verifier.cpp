// SPDX-License-Identifier: Apache-2.0
#include "core/join/head_verifier.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

bool HeadVerifier::is_valid(const PublicKey& signer, const wire::SignedHead& head, Instant now) {
  Signature signature;
  std::ranges::copy(head.signature, signature.begin());
  if (!verify_head(crypto_, signer, head.head, signature)) return false;
  const std::optional<Head> decoded = decode_head(head.head);
  Peer* peer = decoded ? peers_.find(decoded->id) : nullptr;
  if (peer != nullptr) liveness_.head_verified(*peer, *decoded, now);
  return true;
}

// A relay that got nothing asks again within a second.
bool HeadVerifier::relays_want_none(Instant now) const {
  return relay_refused_ == Instant{} || now - relay_refused_ > 1s;
}

bool HeadVerifier::take_for_peer(Instant now) {
  return of_peers_.take(now) || (relays_want_none(now) && of_relays_.take(now));
}

// protocol.md [verified-in-turn]
HeadVerifier::Verdict HeadVerifier::verify(const Peer& peer, const wire::SignedHead& head,
                                           Instant now) {
  const bool paid = std::exchange(turn_of_, NodeId{}) == peer.id;
  if (!paid && (!waiting_.empty() || !take_for_peer(now))) {
    if (std::ranges::find(waiting_, peer.id) == waiting_.end()) waiting_.push_back(peer.id);
    return Verdict::not_now;
  }
  return is_valid(peer.public_key, head, now) ? Verdict::valid : Verdict::forged;
}

HeadVerifier::Verdict HeadVerifier::verify_relayed(const PublicKey& signer,
                                                   const wire::SignedHead& head, Instant now) {
  if (!of_relays_.take(now) && !(waiting_.empty() && of_peers_.take(now))) {
    relay_refused_ = now;
    return Verdict::not_now;
  }
  relay_refused_ = {};
  return is_valid(signer, head, now) ? Verdict::valid : Verdict::forged;
}

Peer* HeadVerifier::take_turn(Instant now) {
  std::erase_if(waiting_, [this](const NodeId& id) { return peers_.find(id) == nullptr; });
  if (waiting_.empty() || !take_for_peer(now)) return nullptr;
  auto next = std::ranges::find_if(
      waiting_, [&](const NodeId& id) { return peers_.find(id)->is_known_for_long(now); });
  if (next == waiting_.end()) next = waiting_.begin();
  turn_of_ = *next;
  waiting_.erase(next);
  return peers_.find(turn_of_);
}

Instant HeadVerifier::next_deadline(Instant now) {
  if (waiting_.empty()) return kNever;
  const Instant due = of_peers_.available_at(now);
  return relays_want_none(now) ? std::min(due, of_relays_.available_at(now)) : due;
}

}  // namespace dsn::core
