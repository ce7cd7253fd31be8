// SPDX-License-Identifier: Apache-2.0
// Seals messages into datagrams. Everything that the core sends goes through here.
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

  /// Returns an empty writer on the buffer in which messages are composed. It is valid until the
  /// next call.
  [[nodiscard]] wire::CborWriter plaintext() { return wire::CborWriter(buffer_); }

  /// The first sequence number of a new session: above every number used so far, with whatever
  /// key. A peer that was forgotten and is met again in the same run has the same keys as before,
  /// and no number may be used twice with one key (protocol.md [nonce-once]).
  [[nodiscard]] std::uint64_t first_sequence() const { return pair_frames_; }

  /// Sends the message in the peer's confirmed session. False if there is none, the message did not
  /// fit, or the call is full.
  bool send(Peer& peer, const wire::CborWriter& message, Effects& effects);
  /// Sends the message to an address that is not proven, in the session that is to be confirmed.
  /// The caller bounds the bytes that go there.
  bool send_unconfirmed(Peer& peer, const Endpoint& to, const wire::CborWriter& message,
                        Effects& effects);
  /// The size of the datagram that carries the message.
  [[nodiscard]] static std::size_t datagram_bytes(const wire::CborWriter& message) {
    return wire::kFrameHeaderBytes + message.size() + wire::kFrameTagBytes;
  }

  /// Sends HELLO, WELCOME or OWNHEAD, which all members can open.
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
