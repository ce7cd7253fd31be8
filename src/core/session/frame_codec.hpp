// SPDX-License-Identifier: Apache-2.0
// The envelope of every datagram (docs/protocol.md, section 3): a clear header, then AES-128-CCM
// over a CBOR sequence of messages, with the COSE structure as additional data. A GROUP frame ends
// with the network tag.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/common/limits.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

enum class FrameClass : std::uint8_t {
  group = 0,  ///< HELLO, WELCOME, KNOCK, OWNHEAD: sealed with a key that every member can derive
  pair = 1,   ///< everything else: sealed with a key of two nodes and their two sessions
};

struct FrameHeader {
  FrameClass frame_class = FrameClass::group;
  std::uint8_t key_epoch = 0;  ///< of the network key, mod 64
  /// 48 bits, never twice with one key. That of a PAIR frame tells its sender's session clock.
  std::uint64_t sequence = 0;
  /// GROUP: the session id of the sender. PAIR: the label of this direction of the session.
  std::uint64_t sender = 0;

  /// Of a GROUP frame.
  [[nodiscard]] SessionId session() const { return SessionId{sender}; }
  /// How many bytes of the datagram it takes.
  [[nodiscard]] std::size_t size() const {
    return frame_class == FrameClass::group ? wire::kGroupHeaderBytes : wire::kPairHeaderBytes;
  }
};

inline constexpr std::uint64_t kSequenceMax = (std::uint64_t{1} << 48) - 1;
/// PAIR frames in one millisecond; the rest of their numbers is the sender's session clock in ms,
/// which has room for 8.7 years.
inline constexpr std::uint64_t kFramesPerMs = 1024;

/// The lowest sequence number of PAIR frames at this session clock.
[[nodiscard]] constexpr std::uint64_t sequence_at(std::uint64_t clock_ms) {
  return clock_ms * kFramesPerMs;
}
/// The session clock of its sender that a PAIR frame tells.
[[nodiscard]] constexpr std::uint64_t clock_ms_of(std::uint64_t sequence) {
  return sequence / kFramesPerMs;
}

/// The header of a datagram that can be a frame; nothing if its size or class say otherwise.
/// protocol.md [drop-shape]
[[nodiscard]] std::optional<FrameHeader> decode_frame_header(ByteView datagram);

/// Seals `plaintext` into `datagram` (its size is header + plaintext + tag). Returns the size, or
/// 0 if it does not fit or the library failed. `plaintext` may already stand in `datagram`, behind
/// the header.
[[nodiscard]] std::size_t seal_frame(CryptoPort& crypto, const AeadKey& key,
                                     const FrameHeader& header, ByteView plaintext,
                                     MutableBytes datagram);

/// Opens a frame whose header was decoded, without its network tag. The plaintext is written to the
/// front of `buffer` and returned; nothing if it is not authentic.
[[nodiscard]] std::optional<ByteView> open_frame(CryptoPort& crypto, const AeadKey& key,
                                                 const FrameHeader& header, ByteView datagram,
                                                 MutableBytes buffer);

}  // namespace dsn::core
