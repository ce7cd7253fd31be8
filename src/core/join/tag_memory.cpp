// SPDX-License-Identifier: Apache-2.0
#include "core/join/tag_memory.hpp"

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

constexpr Duration kTagLifetime = 60s;

}  // namespace

// protocol.md [tag-once]
bool TagMemory::contains(std::uint64_t tag, Instant now) {
  while (!seen_.empty() && seen_.front().at + kTagLifetime <= now) forget_oldest();
  return known_.contains(tag) && !has_bug(InjectedBug::tag_repeated);
}

void TagMemory::remember(std::uint64_t tag, Instant now) {
  if (!known_.insert(tag).second) return;
  seen_.push_back({tag, now});
  if (seen_.size() > kTagsRemembered) forget_oldest();
}

void TagMemory::forget_oldest() {
  known_.erase(seen_.front().tag);
  seen_.pop_front();
}

}  // namespace dsn::core
