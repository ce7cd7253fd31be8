// SPDX-License-Identifier: Apache-2.0
// Seals messages into datagrams: the one way out of the core.
#pragma once

#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/peers/peer.hpp"
#include "core/session/frame.hpp"
#include "core/session/keys.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::core {

class Outbox {
 public:
  Outbox(CryptoPort& crypto, const NetworkKeys& keys, SessionId session, Counters& counters);

  /// Where a message is put together; the buffer is good until the next call.
  [[nodiscard]] wire::CborWriter plaintext() { return wire::CborWriter(buffer_); }

  /// Where a new session begins to count: above every number used so far, with whatever key. A peer
  /// that was forgotten and is met again in the same run has the same keys as before, and no number
  /// may be used twice with one key (protocol.md [nonce-once]).
  [[nodiscard]] std::uint64_t first_sequence() const { return pair_frames_; }

  /// Sends what was written in the peer's proven session. False if it did not fit, the call is
  /// full, or there is none.
  bool send(Peer& peer, const wire::CborWriter& message, Effects& effects);
  /// Sends it in the session that waits for its proof, to where the peer says it is. False if
  /// more would go there than came from there.
  bool knock(Peer& peer, const wire::CborWriter& message, Effects& effects);

  /// HELLO, WELCOME and OWNHEAD, which all members can open.
  bool send_group(const Endpoint& to, const wire::CborWriter& message, Effects& effects);
  bool multicast_group(const wire::CborWriter& message, Effects& effects);

 private:
  bool send_in(Session& session, const Endpoint& to, ByteView plaintext, Effects& effects);
  std::size_t seal_group(ByteView plaintext, MutableBytes datagram);
  void count(std::size_t bytes);

  CryptoPort& crypto_;
  SessionId session_;
  Counters& counters_;
  AeadKey group_key_;
  std::uint64_t next_group_sequence_ = 0;
  std::uint64_t pair_frames_ = 0;  // sealed in all sessions together
  std::array<std::uint8_t, wire::kPlaintextBytesMax> buffer_{};
};

}  // namespace dsn::core
