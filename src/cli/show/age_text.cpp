// SPDX-License-Identifier: Apache-2.0
#include "cli/show/age_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace dsn::cli {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kMillisecondsMax = 100 * 366 * kDay * 1000;

struct Unit {
  std::string_view name;
  std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"ms", 1}, {"s", 1000}, {"m", kMinute * 1000}, {"h", kHour * 1000}, {"d", kDay * 1000}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string format_age(std::chrono::milliseconds age) {
  const std::int64_t seconds = std::max<std::int64_t>(0, age.count() / 1000);
  if (seconds < kMinute) return fmt::format("{}s", seconds);
  if (seconds < kHour) return fmt::format("{}m{:02}s", seconds / kMinute, seconds % kMinute);
  if (seconds < kDay) return fmt::format("{}h{:02}m", seconds / kHour, seconds % kHour / kMinute);
  return fmt::format("{}d{:02}h", seconds / kDay, seconds % kDay / kHour);
}

std::string format_period(std::chrono::milliseconds period) {
  if (period.count() > 0 && period.count() < 1000) return fmt::format("{}ms", period.count());
  const std::string text = format_age(period);
  // A setting of one minute is "1m"; the seconds matter in an age only.
  if (text.size() > 3 && text.substr(text.size() - 3, 2) == "00") {
    return text.substr(0, text.size() - 3);
  }
  return text;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    std::int64_t count = 0;
    while (digits < text.size() && is_digit(text[digits])) {
      count = count * 10 + (text[digits] - '0');
      if (count > kMillisecondsMax) return std::nullopt;
      ++digits;
    }
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    const std::string_view name = letters == 0 ? "s" : text.substr(0, letters);
    const auto* unit = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const Unit& candidate) { return candidate.name == name; });
    if (unit == kUnits.end() || count > kMillisecondsMax / unit->milliseconds) return std::nullopt;
    total += count * unit->milliseconds;
    if (total > kMillisecondsMax) return std::nullopt;
    text.remove_prefix(letters);
  }
  return std::chrono::milliseconds(total);
}

}  // namespace dsn::cli
