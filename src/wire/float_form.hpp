// SPDX-License-Identifier: Apache-2.0
// Which of the three float sizes of CBOR holds a number exactly (RFC 8949, section 4.2.2).
#pragma once

#include <cstdint>
#include <optional>

namespace dsn::wire {

/// The only NaN on the wire.
inline constexpr std::uint16_t kHalfNan = 0x7e00;

/// The IEEE 754 half (binary16) with exactly this value, sign of zero included. Nothing for a NaN.
[[nodiscard]] std::optional<std::uint16_t> exact_half(float value);

/// The single with exactly this value. Nothing for a NaN.
[[nodiscard]] std::optional<float> exact_single(double value);

/// The value of a half.
[[nodiscard]] double half_value(std::uint16_t half);

}  // namespace dsn::wire
