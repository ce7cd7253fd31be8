// SPDX-License-Identifier: Apache-2.0
// The last hour of a number, a value a minute.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>

namespace dsn::web {

class Trend {
 public:
  using Clock = std::chrono::steady_clock;

  struct TrendPoint {
    Clock::time_point minute;  ///< when it began
    double number = 0;         ///< the last one in it
  };

  /// The minutes that are kept.
  static constexpr std::size_t kPointsMax = 60;

  void add(double number, Clock::time_point at) {
    const auto minute = std::chrono::floor<std::chrono::minutes>(at);
    if (points_.empty() || points_.back().minute < minute) {
      points_.push_back({minute, number});
    } else {
      points_.back().number = number;
    }
    while (points_.size() > kPointsMax || points_.front().minute + kSpan < minute) {
      points_.pop_front();
    }
  }
  [[nodiscard]] const std::deque<TrendPoint>& points() const { return points_; }

 private:
  static constexpr std::chrono::hours kSpan{1};
  std::deque<TrendPoint> points_;  // the oldest one first
};

}  // namespace dsn::web
