// SPDX-License-Identifier: Apache-2.0
#include "core/join/tag_memory.hpp"

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

constexpr Duration kTagLifetime = 60s;

}  // namespace

// protocol.md [tag-once]
bool TagMemory::is_new(std::uint64_t tag, Instant now) {
  if (has_bug(InjectedBug::tag_repeated)) return true;
  while (!seen_.empty() &&
         (seen_.size() >= kTagsRemembered || seen_.front().at + kTagLifetime <= now)) {
    known_.erase(seen_.front().tag);
    seen_.pop_front();
  }
  if (!known_.insert(tag).second) return false;
  seen_.push_back({tag, now});
  return true;
}

}  // namespace dsn::core
