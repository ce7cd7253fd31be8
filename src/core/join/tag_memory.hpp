// SPDX-License-Identifier: Apache-2.0
// The network tags of the last minute, so that a recorded GROUP frame is dropped before it costs
// anything (docs/protocol.md, section 3.3).
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_set>

#include "base/time.hpp"
#include "core/common/limits.hpp"

namespace dsn::core {

class TagMemory {
 public:
  /// Whether a frame with this tag was opened within the last minute.
  [[nodiscard]] bool contains(std::uint64_t tag, Instant now);
  /// A frame with this tag was opened. What does not open is not remembered: it may be a copy with
  /// another ciphertext, sent to come before the true one.
  void remember(std::uint64_t tag, Instant now);

 private:
  void forget_oldest();

  struct Seen {
    std::uint64_t tag = 0;
    Instant at{};
  };

  std::deque<Seen> seen_;  // the oldest one first
  std::unordered_set<std::uint64_t> known_;
};

}  // namespace dsn::core
