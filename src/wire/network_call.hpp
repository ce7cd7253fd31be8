// SPDX-License-Identifier: Apache-2.0
// What networks with different keys say to each other: that they are there (docs/protocol.md,
// section 8.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace dsn::wire {

/// A datagram to all machines of a link. It is not authentic: anybody can send one.
struct NetworkCall {
  bool is_answer = false;  ///< otherwise it asks
  NetworkId network;
  std::uint16_t nodes = 1;  ///< in contact with the sender, itself included
  bool operator==(const NetworkCall&) const = default;
};

inline constexpr std::size_t kNetworkCallBytes = 11;

[[nodiscard]] std::array<std::uint8_t, kNetworkCallBytes> encode_network_call(
    const NetworkCall& call);
/// Nothing if the datagram is no call. What follows its known bytes is passed over.
[[nodiscard]] std::optional<NetworkCall> decode_network_call(ByteView datagram);

}  // namespace dsn::wire
