// SPDX-License-Identifier: Apache-2.0
// The keys and sequence numbers between one run of this node and one run of a peer.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "core/session/keys.hpp"
#include "core/session/replay_window.hpp"

namespace dsn::core {

struct Session {
  SessionId peer{};  ///< the peer's session id
  DirectionKey send;
  DirectionKey receive;
  std::uint64_t next_sequence = 0;
  ReplayWindow received;
  /// A frame of the peer was opened in this session: the peer lives, has its private key, and knows
  /// our session.
  bool confirmed = false;
  /// A frame of the peer came that was no KNOCK: it has our RUN.
  bool answered = false;
  /// The peer said BYE in this session: a frame that still comes was sent before.
  bool ended = false;
  std::uint64_t received_count = 0;
  std::uint64_t first_sequence = 0;

  void accept(std::uint64_t sequence) {
    if (received_count++ == 0) first_sequence = sequence;
    received.accept(sequence);
    confirmed = true;
  }
  /// Frames that should have come, by the peer's own numbering.
  [[nodiscard]] std::uint64_t expected_count() const {
    return received_count == 0 ? 0 : received.highest() - first_sequence + 1;
  }
};

}  // namespace dsn::core
