// SPDX-License-Identifier: Apache-2.0
// SipHash-2-4 (Aumasson and Bernstein, 2012), the keyed 64-bit hash of the state sums.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.hpp"

namespace dsn::inline base {

[[nodiscard]] std::uint64_t siphash24(std::span<const std::uint8_t, 16> key, ByteView message);

}  // namespace dsn::inline base
