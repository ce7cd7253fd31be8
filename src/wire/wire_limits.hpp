// SPDX-License-Identifier: Apache-2.0
// The bounds that decide whether a message is well formed (docs/protocol.md, section 9). The
// bounds of behaviour are in core/limits.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/key_name.hpp"

namespace dsn::wire {

/// The IPv6 minimum MTU of 1280 less the IPv6 and UDP headers: never fragmented by IP. A longer
/// datagram is not ours and is dropped.
inline constexpr std::size_t kDatagramBytesMax = 1232;
inline constexpr std::size_t kFrameHeaderBytes = 16;
inline constexpr std::size_t kFrameTagBytes = 16;
inline constexpr std::size_t kPlaintextBytesMax =
    kDatagramBytesMax - kFrameHeaderBytes - kFrameTagBytes;

/// A commit that would exceed one of these is refused; a replica that would is not applied.
inline constexpr std::size_t kKeysPerNodeMax = 256;
inline constexpr std::size_t kKeyBytesMax = kKeyNameBytesMax;
inline constexpr std::size_t kValueBytesMax = 1024;
inline constexpr std::size_t kUnitBytesMax = 16;
inline constexpr std::size_t kErrorBytesMax = 160;
inline constexpr std::size_t kStateBytesMax = 65536;
inline constexpr std::size_t kNameBytesMax = 63;  // an RFC 1123 label
/// The owner's memory of deleted keys. A reader that is further behind gets a snapshot.
inline constexpr std::size_t kTombstonesMax = 64;

/// One piece of a state that is larger than a datagram.
inline constexpr std::size_t kChunkBytes = 1024;
inline constexpr std::size_t kChunksMax = (kStateBytesMax + kChunkBytes - 1) / kChunkBytes;
/// Session clocks and ages in milliseconds: more than 8,900 years, and far from any overflow.
inline constexpr std::uint64_t kSessionClockMsMax = std::uint64_t{1} << 48;

/// A signed head, with room for what later versions append.
inline constexpr std::size_t kHeadBytesMax = 224;

/// One heartbeat in a RUMOURS message: 3 bytes of the id, 2 of the index, the element.
inline constexpr std::size_t kBeatElementBytes = 8;
inline constexpr std::size_t kRumourBytes = 3 + 2 + kBeatElementBytes;
inline constexpr std::size_t kRumoursPerMessageMax = 64;

inline constexpr std::size_t kRecentsMax = 32;
inline constexpr std::size_t kBuckets = 64;

}  // namespace dsn::wire
