// SPDX-License-Identifier: Apache-2.0
// The beats of others: which are believed, and of when they are (docs/protocol.md, section 7.4).
#pragma once

#include <optional>

#include "core/common/rate_limiter.hpp"
#include "core/peers/peer.hpp"
#include "core/state/beat_chain.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

class Heartbeats {
 public:
  explicit Heartbeats(CryptoPort& crypto) : crypto_(crypto) {}

  /// The peer's own beat, in a frame that only it can have sealed.
  /// True if nobody has shown us one as late.
  bool take_own(Peer& peer, const wire::Beat& beat, Instant now);
  /// The first element of its segment, which the peer signed.
  void take_anchor(Peer& peer, const Head& head, Instant now);
  /// A beat that somebody else passes on. Says when, at the latest, the peer lived: a relay may
  /// have held it back. Nothing if it is not new, or not of the peer's chain.
  std::optional<Instant> take_relayed(Peer& peer, const wire::Rumour& rumour, Instant now);
  /// Whether a beat that somebody shows us is of the chain that a head speaks for.
  [[nodiscard]] bool is_proven(const Head& head, const wire::Beat& beat, Instant now);

 private:
  [[nodiscard]] bool is_of_chain(const Peer& peer, const wire::Beat& beat, Instant now);

  CryptoPort& crypto_;
  TokenBucket steps_{kBeatStepsPerSecond};
};

}  // namespace dsn::core
