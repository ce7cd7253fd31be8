// SPDX-License-Identifier: Apache-2.0
#include "cli/show/value_text.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/unit_symbol.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

/// Below this, "90 s" reads better than "1m30s".
constexpr double kSecondsShownAsAge = 120;
/// Beyond this, an age would overflow milliseconds; and nobody means an age.
constexpr double kSecondsMax = 1e12;

std::string trim_zeros(std::string digits) {
  while (digits.ends_with('0') && !digits.ends_with(".0")) digits.pop_back();
  return digits;
}

std::string show_real(double number) {
  if (!std::isfinite(number)) return fmt::format("{}", number);
  const double size = std::fabs(number);
  if (size >= 1e15) return fmt::format("{:.6g}", number);
  if (size >= 1 || number == 0) return trim_zeros(fmt::format("{:.3f}", number));
  return fmt::format("{:.4g}", number);
}

/// Bytes in the unit that leaves one to four digits before the point.
std::pair<std::string, std::string> scale_bytes(double bytes) {
  static constexpr std::array<const char*, 7> kNames = {"B",   "KiB", "MiB", "GiB",
                                                        "TiB", "PiB", "EiB"};
  std::size_t step = 0;
  while (std::fabs(bytes) >= 1024 && step + 1 < kNames.size()) {
    bytes /= 1024;
    ++step;
  }
  return {step == 0 ? show_real(bytes) : fmt::format("{:.1f}", bytes), kNames[step]};
}

ShownValue number(std::string digits, std::string_view unit) {
  ShownValue shown;
  shown.is_number = true;
  // An age meets the others at its first unit: "1h20m" as "1.2" would.
  shown.integer_width = std::min(digits.find_first_not_of("-0123456789"), digits.size());
  shown.text = std::move(digits);
  if (!unit.empty()) shown.text.append(" ").append(unit);
  return shown;
}

ShownValue show_number(const Value& value, double real, std::string_view unit) {
  const std::optional<std::int64_t> integer = value.as_integer();
  const bool rate = unit == "B/s";
  if ((unit == "B" || rate) && std::fabs(real) >= 1024) {
    auto [digits, name] = scale_bytes(real);
    return number(std::move(digits), rate ? name + "/s" : name);
  }
  if (unit == "s" && real >= kSecondsShownAsAge && real < kSecondsMax) {
    return number(format_age(std::chrono::milliseconds(std::llround(real * 1000))), "");
  }
  return number(integer ? fmt::format("{}", *integer) : show_real(real),
                printable(unit_symbol(unit)));
}

}  // namespace

ShownValue show_value(const Value& value, std::string_view unit) {
  if (const auto real = value.as_number()) return show_number(value, *real, unit);
  ShownValue shown;
  shown.text = value.is_null() ? "null" : printable(raw_value(value));
  if (!unit.empty() && !value.is_null()) shown.text += " " + printable(unit_symbol(unit));
  return shown;
}

std::string raw_value(const Value& value) {
  if (value.is_null()) return {};
  if (const auto text = value.as_text()) return std::string(*text);
  if (const auto number = value.as_number(); number && !std::isfinite(*number)) {
    return fmt::format("{}", *number);
  }
  std::string json = local::value_json(value);
  // {"$bytes":"00ff"}: a script wants the digits.
  for (const std::string_view head : {R"({"$bytes":")", R"({"$int":")"}) {
    if (json.starts_with(head)) return json.substr(head.size(), json.size() - head.size() - 2);
  }
  return json;
}

}  // namespace dsn::cli
