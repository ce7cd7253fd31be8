// SPDX-License-Identifier: Apache-2.0
// Finds which of a thousand peers is due next, without a walk over all of them.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <tuple>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace dsn::core {

/// Peers by their deadlines, earliest first. An entry is never removed or changed. The caller that
/// takes one out must compare it with the deadline in the Peer, and drop it if they differ.
class DeadlineQueue {
 public:
  void push(Instant due, const NodeId& id) { heap_.push({due, id.prefix()}); }
  [[nodiscard]] Instant earliest() const { return heap_.empty() ? kNever : heap_.top().due; }

  struct Deadline {
    Instant due;
    std::uint64_t prefix;
    bool operator>(const Deadline& other) const {
      return std::tie(due, prefix) > std::tie(other.due, other.prefix);
    }
  };
  /// Takes out the earliest entry. There must be one.
  Deadline take() {
    const Deadline entry = heap_.top();
    heap_.pop();
    return entry;
  }

 private:
  std::priority_queue<Deadline, std::vector<Deadline>, std::greater<>> heap_;
};

}  // namespace dsn::core
