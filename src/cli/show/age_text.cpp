// SPDX-License-Identifier: Apache-2.0
#include "cli/show/age_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace dsn::cli {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

}  // namespace

std::string format_age(std::chrono::milliseconds age) {
  const std::int64_t seconds = std::max<std::int64_t>(0, age.count() / 1000);
  if (seconds < kMinute) return fmt::format("{}s", seconds);
  if (seconds < kHour) return fmt::format("{}m{:02}s", seconds / kMinute, seconds % kMinute);
  if (seconds < kDay) return fmt::format("{}h{:02}m", seconds / kHour, seconds % kHour / kMinute);
  return fmt::format("{}d{:02}h", seconds / kDay, seconds % kDay / kHour);
}

std::string sampled_text(const Reading& reading) {
  constexpr std::chrono::milliseconds kAlmostASecond{999};
  if (!reading.interval || reading.freshness != Freshness::ok) return format_age(reading.age);
  // A node that sleeps samples nothing: what it looked at, it did before it was last heard.
  const auto longest = *reading.interval + reading.node_heard;
  if (reading.age <= longest) return format_age(reading.age);
  return "<" + format_age(longest + kAlmostASecond);
}

std::string format_period(std::chrono::milliseconds period) {
  if (period.count() > 0 && period.count() < 1000) return fmt::format("{}ms", period.count());
  std::string text = format_age(period);
  // A setting of one minute is "1m"; the seconds matter in an age only.
  if (text.size() > 3 && text.substr(text.size() - 3, 2) == "00") {
    return text.substr(0, text.size() - 3);
  }
  return text;
}

}  // namespace dsn::cli
