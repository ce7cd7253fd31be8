// SPDX-License-Identifier: Apache-2.0
// Key material that leaves nothing behind.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/bytes.hpp"

namespace dsn::inline base {

/// Overwrites bytes in a way that the compiler may not leave out.
inline void zeroise(MutableBytes bytes) {
  volatile std::uint8_t* p = bytes.data();
  for (std::size_t i = 0; i < bytes.size(); ++i) p[i] = 0;
}

/// N secret bytes, zeroised when they go out of scope. Neither printable nor comparable.
template <std::size_t N>
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::span<const std::uint8_t, N> bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_.begin());
  }
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  ~Secret() { zeroise(bytes_); }

  [[nodiscard]] std::span<const std::uint8_t, N> view() const { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t, N> mutable_view() { return bytes_; }

 private:
  std::array<std::uint8_t, N> bytes_{};
};

}  // namespace dsn::inline base
