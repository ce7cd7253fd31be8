// SPDX-License-Identifier: Apache-2.0
// Decides which beats of others are believed, and how old they are (docs/protocol.md, section 7.4).
#pragma once

#include <optional>

#include "core/common/rate_limiter.hpp"
#include "core/peers/peer.hpp"
#include "core/state/beat_chain.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

/// A part of Liveness. Writes `beat`, `beat_session` and `beat_shown` of Peer::life.
class Heartbeats {
 public:
  explicit Heartbeats(CryptoPort& crypto) : crypto_(crypto) {}

  /// Takes the peer's own beat, in a frame that only it can have sealed. True if the beat is newer
  /// than any that was seen.
  bool take_own(Peer& peer, const wire::Beat& beat, Instant now);
  /// Takes the first beat of a segment, which the peer signed in a verified head.
  void take_anchor(Peer& peer, const Head& head, Instant now);
  /// Takes a beat that another node passes on. Returns the latest moment at which the peer can have
  /// shown it: a relay may have held it back. Nothing if the beat is not new, or not of its chain.
  std::optional<Instant> take_relayed(Peer& peer, const wire::Rumour& rumour, Instant now);
  /// Takes a beat that was proven by the head of its session, and shown at `shown` at the latest.
  static void take_proven(Peer& peer, const StoredHead& head, const wire::Beat& beat,
                          Instant shown);
  /// Whether the beat belongs to the chain that the head begins.
  [[nodiscard]] bool is_proven(const Head& head, const wire::Beat& beat, Instant now);

 private:
  [[nodiscard]] bool is_of_chain(const Peer& peer, const wire::Beat& beat, Instant now);

  CryptoPort& crypto_;
  TokenBucket steps_{kBeatStepsPerSecond};
};

}  // namespace dsn::core
