// SPDX-License-Identifier: Apache-2.0
// Limits the rate of something.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace dsn::core {

/// A token bucket. Its depth is the tokens of one second, one at least, or a given number.
class TokenBucket {
 public:
  explicit TokenBucket(double per_second) : TokenBucket(per_second, std::max(per_second, 1.0)) {}
  TokenBucket(double per_second, double depth)
      : per_second_(per_second), depth_(depth), tokens_(depth) {}

  /// Takes `amount` tokens, if there are as many.
  [[nodiscard]] bool take(Instant now, double amount = 1.0) {
    refill(now);
    if (tokens_ < amount) return false;
    tokens_ -= amount;
    return true;
  }

  /// When so many tokens are there, at most the depth; `now` if they are there already.
  [[nodiscard]] Instant available_at(Instant now, double amount = 1.0) {
    refill(now);
    if (tokens_ >= amount) return now;
    const double seconds = (amount - tokens_) / per_second_;
    return now + Duration(static_cast<Duration::rep>(seconds * 1e6) + 1);
  }

 private:
  void refill(Instant now) {
    if (now > filled_) {
      const double seconds = static_cast<double>((now - filled_).count()) / 1e6;
      tokens_ = std::min(depth_, tokens_ + seconds * per_second_);
    }
    filled_ = std::max(filled_, now);
  }

  double per_second_;
  double depth_;
  double tokens_;
  Instant filled_{};
};

}  // namespace dsn::core
