// SPDX-License-Identifier: Apache-2.0
// The keys and what was received between one run of this node and one run of a peer.
#pragma once

#include <cstdint>
#include <string>

#include "base/ids.hpp"
#include "core/session/keys.hpp"
#include "core/session/loss_meter.hpp"
#include "core/session/replay_window.hpp"

namespace dsn::core {

struct Session {
  SessionId peer{};  ///< the peer's session id
  DirectionKey send;
  DirectionKey receive;
  /// The network key under which the session began. It seals on after that was replaced.
  KeyMark key = key_mark(kFirstKeyEpoch, 0);
  std::uint32_t incarnation = 0;  ///< of the peer, as it said when the session began
  bool is_observer = false;       ///< likewise
  std::string program;            ///< version of its program, likewise; may be empty
  ReplayWindow received;
  /// A frame of the peer was opened in this session: the peer lives, has its private key, and knows
  /// our session.
  bool confirmed = false;
  /// A frame of the peer came that was no KNOCK: it has our RUN.
  bool answered = false;
  /// The peer said BYE in this session: a frame that still comes was sent before.
  bool ended = false;
  std::uint64_t sent_count = 0;  ///< frames that were sealed in this session
  std::uint64_t received_count = 0;
  LossMeter loss;

  /// What the headers of its frames have. protocol.md [key-epoch]
  [[nodiscard]] std::uint8_t frame_epoch() const { return core::frame_epoch(epoch_of(key)); }
  void accept(std::uint64_t sequence) {
    ++received_count;
    received.accept(sequence);
    confirmed = true;
  }
  /// The peer says that it has sealed so many frames in this session.
  void note_sent(std::uint64_t count) { loss.note(count, received_count); }
};

}  // namespace dsn::core
