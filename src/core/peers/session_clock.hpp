// SPDX-License-Identifier: Apache-2.0
// Estimates the session clock of an owner that is no longer heard itself
// (docs/protocol.md, section 7.6).
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/peers/peer.hpp"

namespace dsn::core {

/// What the clock has reached at least, by the owner's own signature and chain of beats. A relay
/// that tells less makes its readings look younger than they are.
[[nodiscard]] inline std::uint64_t proven_clock_ms(const StoredHead& head, const wire::Beat& beat) {
  return std::max(head.clock_ms,
                  std::min(beat.index, wire::kSessionClockMsMax / kBeatTickMs) * kBeatTickMs);
}

/// The latest beat of the peer, if it belongs to the session that signed the head.
[[nodiscard]] inline wire::Beat beat_of_run(const Peer& peer, const StoredHead& head) {
  return peer.life.beat_session == head.session ? peer.life.beat : wire::Beat{};
}

/// How far a node had got when it was last heard of.
[[nodiscard]] inline HighWater high_water_of(const Peer& peer) {
  HighWater reached = peer.copy.high_water;
  const StateVersion at = peer.copy.replica.version();
  if (at.incarnation > 0 && at >= reached.version) {
    const std::int64_t clock = to_ms(peer.life.heard - peer.copy.replica.local_time(0));
    reached = {at, peer.copy.session, static_cast<std::uint64_t>(std::max<std::int64_t>(clock, 0))};
  }
  return reached;
}

/// The moment, in our time, at which the clock that the checkpoint refers to was zero.
[[nodiscard]] inline Instant clock_zero_of(const Peer& peer, const Checkpoint& checkpoint) {
  const bool same_run =
      peer.copy.session == checkpoint.head.session &&
      peer.copy.replica.version().incarnation == checkpoint.head.version.incarnation;
  return checkpoint.in_replica || same_run ? peer.copy.replica.local_time(0)
                                           : checkpoint.copy.clock_zero;
}

/// Our estimate of that clock now.
[[nodiscard]] inline std::uint64_t session_clock_ms(const Peer& peer, const Checkpoint& checkpoint,
                                                    Instant now) {
  const std::int64_t shown =
      std::max<std::int64_t>(to_ms(now - clock_zero_of(peer, checkpoint)), 0);
  const std::uint64_t proven = proven_clock_ms(checkpoint.head, beat_of_run(peer, checkpoint.head));
  return std::clamp(static_cast<std::uint64_t>(shown), proven, wire::kSessionClockMsMax);
}

}  // namespace dsn::core
