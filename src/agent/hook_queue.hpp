// SPDX-License-Identifier: Apache-2.0
// The events that a hook has yet to be told: a bounded number, and not too often. Without I/O.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "agent/hook_rule.hpp"

namespace dsn::agent {

/// How many events of one hook wait at most.
inline constexpr std::size_t kHookEventsMax = 64;

/// Of one reading or node only the latest event waits, of messages each. If there are too many, the
/// oldest one is dropped.
class HookQueue {
 public:
  explicit HookQueue(Duration min_interval) : min_interval_(min_interval) {}

  void push(HookEvent event);
  /// Whether a message of this node can wait without another one being dropped. Of each node one
  /// may, so that none takes the room of all.
  [[nodiscard]] bool has_room_for(const std::string& node_id) const;
  /// The oldest event that waits; nothing if none does, or if `min_interval` is not over.
  std::optional<HookEvent> take(Instant now);
  /// When take() gives an event; kNever if none waits.
  [[nodiscard]] Instant next_due() const { return waiting_.empty() ? kNever : ready_at_; }
  /// How many events were replaced or dropped before they were taken.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  Duration min_interval_;
  std::deque<HookEvent> waiting_;
  Instant ready_at_{};
  std::uint64_t skipped_ = 0;
};

}  // namespace dsn::agent
