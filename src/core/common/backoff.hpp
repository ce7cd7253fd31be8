// SPDX-License-Identifier: Apache-2.0
// A pause that doubles with each failure.
#pragma once

#include <algorithm>

#include "core/common/limits.hpp"

namespace dsn::core {

/// For gossip that proved wrong: it is not followed up during the pause.
class Backoff {
 public:
  [[nodiscard]] bool is_paused(Instant now) const { return now < until_; }
  [[nodiscard]] Instant until() const { return until_; }
  void failed(Instant now) {
    pause_ = std::clamp<Duration>(pause_ * 2, kGossipBackoffMin, kGossipBackoffMax);
    until_ = now + pause_;
  }
  /// The next pause is as short as the first one.
  void succeeded() { pause_ = {}; }

 private:
  Instant until_{};
  Duration pause_{};
};

}  // namespace dsn::core
