// SPDX-License-Identifier: Apache-2.0
// The bounds that decide whether a message is well formed (docs/protocol.md, section 9): bytes,
// milliseconds or counts, as their names say. core/common/limits.hpp has the bounds of behaviour.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/device_class.hpp"
#include "base/key_name.hpp"

namespace dsn::wire {

/// The IPv6 minimum MTU, 1280, less the IPv6 and UDP headers: IP never fragments it.
inline constexpr std::size_t kDatagramBytesMax = 1232;
/// Class, number and session id of a GROUP frame (docs/protocol.md, section 3.1).
inline constexpr std::size_t kGroupHeaderBytes = 15;
/// Class, number and label of a PAIR frame.
inline constexpr std::size_t kPairHeaderBytes = 13;
/// AES-CCM with a full tag.
inline constexpr std::size_t kFrameTagBytes = 16;
/// The network tag at the end of a GROUP frame.
inline constexpr std::size_t kNetworkTagBytes = 8;
/// The bytes that are left for messages in a PAIR frame.
inline constexpr std::size_t kPlaintextBytesMax =
    kDatagramBytesMax - kPairHeaderBytes - kFrameTagBytes;

// A commit that would exceed one of the following bounds is refused, and so is a replica.

/// Keys of one node: more than a board has sensors.
inline constexpr std::size_t kKeysPerNodeMax = 256;
/// A key: room for three or four words.
inline constexpr std::size_t kKeyBytesMax = kKeyNameBytesMax;
/// An encoded value: with its key and unit it fits into one datagram.
inline constexpr std::size_t kValueBytesMax = 1024;
/// A value that its readers fetch.
inline constexpr std::size_t kFetchedValueBytesMax = std::size_t{16} * 1024;
inline constexpr std::size_t kValueHashBytes = 16;
/// A unit: SenML units are shorter.
inline constexpr std::size_t kUnitBytesMax = 16;
inline constexpr std::size_t kDeviceClassBytesMax = dsn::kDeviceClassBytesMax;
/// The text of an error: a sentence.
inline constexpr std::size_t kErrorBytesMax = 160;
/// An encoded state: 256 entries of 256 bytes.
inline constexpr std::size_t kStateBytesMax = 65536;
/// The name of a node (base/node_name.hpp).
inline constexpr std::size_t kNameBytesMax = 63;
/// Deleted keys that an owner remembers; a reader that is further behind gets a snapshot.
inline constexpr std::size_t kTombstonesMax = 64;

/// MAILs of one update. A larger one is fetched.
inline constexpr std::size_t kMailPartsMax = 16;

/// A piece of a state that is larger than a datagram.
inline constexpr std::size_t kChunkBytes = 1024;
/// Chunks of the largest state.
inline constexpr std::size_t kChunksMax = (kStateBytesMax + kChunkBytes - 1) / kChunkBytes;
/// The encoded payload of an application message.
inline constexpr std::size_t kAppPayloadBytesMax = 65536;
/// An application message with its name, and room for what later versions append.
inline constexpr std::size_t kAppMessageBytesMax = kAppPayloadBytesMax + 128;
/// A part of an application message: as much as fits into a frame with the head of DATA.
inline constexpr std::size_t kDataPartBytes = 1100;
/// Parts of an application message of so many bytes.
[[nodiscard]] constexpr std::size_t data_parts(std::size_t bytes) {
  return (bytes + kDataPartBytes - 1) / kDataPartBytes;
}
/// Parts of the largest application message; an acknowledgement has a bit for each.
inline constexpr std::size_t kDataPartsMax = data_parts(kAppMessageBytesMax);
static_assert(kDataPartsMax <= 64);
/// Session clocks and ages: 8,900 years, and far from any overflow.
inline constexpr std::uint64_t kSessionClockMsMax = std::uint64_t{1} << 48;

/// A signed head, with room for what later versions append.
inline constexpr std::size_t kHeadBytesMax = 224;

/// A statement of the authority about a network key: 32 ids, with room for what later versions
/// append.
inline constexpr std::size_t kKeyStatementBytesMax = 640;
/// Nodes that one statement puts out.
inline constexpr std::size_t kOutPerStatementMax = 32;
inline constexpr std::size_t kNetworkKeyBytes = 16;

/// An element of a hash chain.
inline constexpr std::size_t kBeatElementBytes = 8;
/// A beat in RUMOURS: 3 bytes of the id, 2 of the index, the element.
inline constexpr std::size_t kRumourBytes = 3 + 2 + kBeatElementBytes;
/// Beats in one RUMOURS: 832 bytes.
inline constexpr std::size_t kRumoursPerMessageMax = 64;

/// Digest items of recent changes in one SYN.
inline constexpr std::size_t kRecentsMax = 32;
/// Groups of origins whose sums an ACK has, 8 bytes each; a LIST names them by the bits of a
/// number.
inline constexpr std::size_t kBuckets = 64;

}  // namespace dsn::wire
