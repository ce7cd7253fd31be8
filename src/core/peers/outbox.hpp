// SPDX-License-Identifier: Apache-2.0
// Seals messages into datagrams. Everything that the core sends goes through here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/peers/peer.hpp"
#include "core/session/frame_codec.hpp"
#include "core/session/keys.hpp"
#include "wire/cbor_writer.hpp"

namespace dsn::core {

class Outbox {
 public:
  Outbox(CryptoPort& crypto, SessionId session, Counters& counters);

  /// Returns an empty writer on the buffer in which messages are composed. It is valid until the
  /// next call.
  [[nodiscard]] wire::CborWriter plaintext() { return wire::CborWriter(buffer_); }

  /// The same, with no more room than the peer may be sent while its address is not proven.
  [[nodiscard]] wire::CborWriter plaintext_to(const Peer& peer);
  [[nodiscard]] wire::CborWriter plaintext_to(const UnprovenAddress& address, std::size_t kept = 0);

  /// What the own session clock shows. The frames that follow tell it to their receivers. It never
  /// goes back.
  void set_clock(std::uint64_t clock_ms) { clock_ms_ = clock_ms; }

  /// Sends the message in the peer's confirmed session. False if there is none, the message did not
  /// fit, the call is full, the peer has no proven address and may not be sent so much, or this
  /// millisecond has no number left. If the address is proven and the peer was heard from another
  /// since, the datagram goes there as well, as long as it may.
  bool send(Peer& peer, const wire::CborWriter& message, Effects& effects);
  /// Sends it to the unproven address alone, which the peer must have.
  bool send_to_unproven(Peer& peer, const wire::CborWriter& message, Effects& effects);
  /// Seals the message into `frame` without sending it, as what KNOCK carries. Returns the size, or
  /// 0 if it does not fit, this millisecond has no number left, or the library failed.
  [[nodiscard]] std::size_t seal_pair(Session& session, ByteView plaintext, MutableBytes frame);
  /// The size of the datagram that carries a message of a GROUP frame.
  [[nodiscard]] static std::size_t group_bytes(const wire::CborWriter& message) {
    return wire::kGroupHeaderBytes + message.size() + wire::kFrameTagBytes + wire::kNetworkTagBytes;
  }

  /// Sends HELLO, WELCOME, KNOCK or OWNHEAD, which all can open who have this key of the network.
  bool send_group(const Endpoint& to, const NetworkKeys& key, const wire::CborWriter& message,
                  Effects& effects);
  bool multicast_group(const NetworkKeys& key, const wire::CborWriter& message, Effects& effects);

 private:
  bool seal_to(Peer& peer, const Endpoint& to, const wire::CborWriter& message, Effects& effects);
  [[nodiscard]] std::optional<std::uint64_t> take_number();
  std::size_t seal_group(const NetworkKeys& key, ByteView plaintext, MutableBytes datagram);
  void count(std::size_t bytes);

  CryptoPort& crypto_;
  SessionId session_;
  Counters& counters_;
  std::uint64_t next_group_sequence_ = 0;
  std::uint64_t clock_ms_ = 0;
  std::uint64_t next_sequence_ = 0;  // above that of every PAIR frame so far, in all sessions
  std::array<std::uint8_t, wire::kPlaintextBytesMax> buffer_{};
};

}  // namespace dsn::core
