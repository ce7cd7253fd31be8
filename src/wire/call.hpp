// SPDX-License-Identifier: Apache-2.0
// The question of a machine without the network key, and its answer (docs/protocol.md, section
// 8.3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace dsn::wire {

/// Larger than the answer.
inline constexpr std::size_t kCallBytes = 32;
inline constexpr std::size_t kCallAnswerBytes = 29;

struct CallAnswer {
  std::uint64_t nonce = 0;  ///< of the call
  NetworkId network;
  /// Of the name of the node that answers: core::NetworkKeys::name_mark().
  std::uint64_t name_mark = 0;
};

[[nodiscard]] std::array<std::uint8_t, kCallBytes> encode_call(std::uint64_t nonce);
/// The nonce of a call; nothing if it is none.
[[nodiscard]] std::optional<std::uint64_t> decode_call(ByteView datagram);

[[nodiscard]] std::array<std::uint8_t, kCallAnswerBytes> encode_call_answer(
    const CallAnswer& answer);
[[nodiscard]] std::optional<CallAnswer> decode_call_answer(ByteView datagram);

}  // namespace dsn::wire
