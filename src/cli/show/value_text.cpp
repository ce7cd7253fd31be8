// SPDX-License-Identifier: Apache-2.0
#include "cli/show/value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/device_class.hpp"
#include "base/unit_symbol.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"

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

/// With so many decimals, as far as a double has them.
std::string show_rounded(double number, std::uint32_t precision) {
  if (!std::isfinite(number) || std::fabs(number) >= 1e15) return show_real(number);
  std::string digits = fmt::format("{:.{}f}", number, std::min(precision, kPrecisionMax));
  const bool is_zero = digits.find_first_of("123456789") == std::string::npos;
  return is_zero && digits.starts_with('-') ? digits.substr(1) : digits;
}

ShownValue show_number(const Value& value, double real, std::string_view unit,
                       std::optional<std::uint32_t> precision) {
  const std::optional<std::int64_t> integer = value.as_integer();
  const bool rate = unit == "B/s";
  if ((unit == "B" || rate) && std::fabs(real) >= 1024) {
    auto [digits, name] = scale_bytes(real);
    return number(std::move(digits), rate ? name + "/s" : name);
  }
  if (unit == "s" && real >= kSecondsShownAsAge && real < kSecondsMax) {
    return number(format_age(std::chrono::milliseconds(std::llround(real * 1000))), "");
  }
  const std::string symbol = printable(unit_symbol(unit));
  if (precision) return number(show_rounded(real, *precision), symbol);
  return number(integer ? fmt::format("{}", *integer) : show_real(real), symbol);
}

}  // namespace

ShownValue show_value(const Value& value, std::string_view unit,
                      std::optional<std::uint32_t> precision) {
  if (const auto real = value.as_number()) return show_number(value, *real, unit, precision);
  ShownValue shown;
  shown.text = value.is_null() ? "null" : printable(raw_value(value));
  if (!unit.empty() && !value.is_null()) shown.text += " " + printable(unit_symbol(unit));
  return shown;
}

ShownValue show_value(const Reading& reading) {
  return show_value(reading.value, reading.unit, reading.precision);
}

}  // namespace dsn::cli
