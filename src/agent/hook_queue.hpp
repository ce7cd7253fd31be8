// SPDX-License-Identifier: Apache-2.0
// What a hook has yet to be told: bounded, and not faster than it wants. Without I/O.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "agent/hook_rule.hpp"

namespace dsn::agent {

inline constexpr std::size_t kHookEventsMax = 64;

/// Of one reading or node only the latest event waits. If there are too many, the oldest gives way.
class HookQueue {
 public:
  explicit HookQueue(Duration min_interval) : min_interval_(min_interval) {}

  void push(HookEvent event);
  /// The next one, if one may be had now.
  std::optional<HookEvent> take(Instant now);
  /// When there is one to take; kNever if none waits.
  [[nodiscard]] Instant next_due() const { return waiting_.empty() ? kNever : ready_at_; }
  /// Events that were never taken.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  Duration min_interval_;
  std::deque<HookEvent> waiting_;
  Instant ready_at_{};
  std::uint64_t skipped_ = 0;
};

}  // namespace dsn::agent
