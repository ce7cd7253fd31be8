// SPDX-License-Identifier: Apache-2.0
#include "base/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace dsn::inline base {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};

constexpr std::int64_t kMsMax = std::int64_t{36'600} * 86'400'000;
// A longer number is shown to nobody: it may be a key in the wrong place.
constexpr std::size_t kNumberShownMax = 6;
constexpr std::string_view kDigits = "0123456789";

/// Takes `size` bytes off the front of the text, or all of it.
std::string_view take(std::string_view& text, std::size_t size) {
  const std::string_view front = text.substr(0, size);
  text.remove_prefix(front.size());
  return front;
}

Error without_unit(std::string_view text) {
  if (text.size() > kNumberShownMax) return Error{"with a unit, such as 30s"};
  const std::string number(text);
  return Error{"with a unit, such as " + number + "s or " + number + "ms"};
}

/// One number with its unit, in milliseconds.
Result<std::int64_t> parse_part(std::string_view digits, std::string_view unit_name) {
  if (unit_name[0] == '.' || unit_name[0] == ',') {
    return Error{"of a whole number, such as 1500ms for 1.5s"};
  }
  const auto unit = std::ranges::find(kUnits, unit_name, &Unit::name);
  if (unit == kUnits.end()) return Error{"in ms, s, m, h or d"};
  std::int64_t count = 0;
  const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), count).ec;
  if (error != std::errc() || count > kMsMax / unit->ms) return Error{"of at most 100 years"};
  return count * unit->ms;
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty() || kDigits.find(text[0]) == std::string_view::npos) {
    return Error{"such as 500ms, 30s, 1m30s, 2h or 7d"};
  }
  std::int64_t total_ms = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const bool is_first = rest.size() == text.size();
    const std::string_view digits = take(rest, rest.find_first_not_of(kDigits));
    if (is_first && digits.size() > 1 && digits[0] == '0') return Error{"without leading zeros"};
    if (rest.empty()) return without_unit(text);
    const auto ms = parse_part(digits, take(rest, rest.find_first_of(kDigits)));
    if (!ms) return ms.failure();
    total_ms += *ms;
    if (total_ms > kMsMax) return Error{"of at most 100 years"};
  }
  return std::chrono::milliseconds(total_ms);
}

Result<std::chrono::milliseconds> parse_duration_or_seconds(std::string_view text) {
  const bool is_number = text.find_first_not_of(kDigits) == std::string_view::npos;
  return parse_duration(std::string(text) + (is_number ? "s" : ""));
}

std::string duration_text(std::chrono::milliseconds span) {
  for (const Unit& unit : kUnits) {
    if (span.count() == 0 || span.count() % unit.ms != 0) continue;
    return std::to_string(span.count() / unit.ms) + std::string(unit.name);
  }
  return "0s";
}

std::string rounded_duration_text(std::chrono::milliseconds span) {
  const auto text = [](auto count, char unit) { return std::to_string(count.count()) + unit; };
  using namespace std::chrono;
  if (span < 2min) return text(std::max(floor<seconds>(span), 0s), 's');
  if (span < 2h) return text(floor<minutes>(span), 'm');
  if (span < 48h) return text(floor<hours>(span), 'h');
  return text(floor<days>(span), 'd');
}

}  // namespace dsn::inline base
