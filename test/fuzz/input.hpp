// SPDX-License-Identifier: Apache-2.0
// What a fuzz target reads from its input: zeros once the input has ended.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.hpp"

namespace dsn::fuzz {

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }

  /// Big-endian.
  std::uint64_t number(std::size_t bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8 | byte();
    return value;
  }

  /// A length of two bytes, then so many bytes, or what is left of them.
  ByteView block(std::size_t bytes_max) {
    return take(std::min<std::size_t>(number(2), bytes_max));
  }

  ByteView take(std::size_t bytes) {
    const ByteView taken = rest_.first(std::min(bytes, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

  ByteView rest() { return take(rest_.size()); }

 private:
  ByteView rest_;
};

}  // namespace dsn::fuzz

/// What libFuzzer and the replay of the corpora call. Returns 0; whatever is wrong ends the
/// process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
