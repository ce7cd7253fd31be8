// SPDX-License-Identifier: Apache-2.0
// The monotonic clock of one machine, as the world sees it: it may run fast or slow, and jump
// ahead while the machine sleeps, but never back.
#pragma once

#include <cmath>

#include "base/time.hpp"

namespace dsn::test {

class MachineClock {
 public:
  /// The machine's time when it is `world` outside.
  [[nodiscard]] Instant local(Instant world) const {
    if (rate_ == 1) return local_ + (world - world_);
    return local_ + scaled(world - world_, rate_);
  }
  /// The first moment of the world at which the machine's clock shows `local`.
  [[nodiscard]] Instant world(Instant local) const {
    if (local == kNever) return kNever;
    if (rate_ == 1) return world_ + (local - local_);
    return world_ + scaled(local - local_, 1 / rate_) + Duration(1);
  }
  void set_rate(double rate, Instant now) {
    local_ = local(now);
    world_ = now;
    rate_ = rate;
  }
  /// The machine slept for so long without the world noticing.
  void jump(Duration span) { local_ += span; }
  [[nodiscard]] double rate() const { return rate_; }

 private:
  static Duration scaled(Duration span, double factor) {
    return Duration(std::llround(static_cast<double>(span.count()) * factor));
  }

  Instant world_{};
  Instant local_{};
  double rate_ = 1;
};

}  // namespace dsn::test
