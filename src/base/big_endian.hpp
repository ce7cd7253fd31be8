// SPDX-License-Identifier: Apache-2.0
// Unsigned integers as bytes, the most significant one first: the byte order of everything that is
// sent, hashed or stored.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dsn::inline base {

/// Writes `value` over all of `bytes`; its more significant bytes are lost if they do not fit.
template <std::unsigned_integral T>
constexpr void put_big_endian(std::span<std::uint8_t> bytes, T value) {
  for (std::size_t i = bytes.size(); i > 0; --i) {
    bytes[i - 1] = static_cast<std::uint8_t>(value);
    value = static_cast<T>(std::uint64_t{value} >> 8);
  }
}

/// The number that the bytes are, of which there are at most sizeof(T).
template <std::unsigned_integral T>
[[nodiscard]] constexpr T get_big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return static_cast<T>(value);
}

}  // namespace dsn::inline base
