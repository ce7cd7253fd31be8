// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_queue.hpp"

#include <algorithm>
#include <utility>

namespace dsn::agent {

void HookQueue::push(HookEvent event) {
  const auto same = std::ranges::find_if(waiting_, [&](const HookEvent& other) {
    return !event.message && other.node_id == event.node_id && other.key == event.key;
  });
  if (same != waiting_.end()) {
    *same = std::move(event);
    ++skipped_;
    return;
  }
  if (waiting_.size() >= kHookEventsMax) {
    waiting_.pop_front();
    ++skipped_;
  }
  waiting_.push_back(std::move(event));
}

bool HookQueue::has_room_for(const std::string& node_id) const {
  return waiting_.size() < kHookEventsMax &&
         std::ranges::find(waiting_, node_id, &HookEvent::node_id) == waiting_.end();
}

std::optional<HookEvent> HookQueue::take(Instant now) {
  if (now < next_due()) return std::nullopt;
  HookEvent event = std::move(waiting_.front());
  waiting_.pop_front();
  ready_at_ = now + min_interval_;
  return event;
}

}  // namespace dsn::agent
