// SPDX-License-Identifier: Apache-2.0
#include "base/processing.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace dsn::inline base {
namespace {

// Samples for each report of an unchanged value: a sixth of the traffic. With samples every 10 s
// the value is late 80 s after its last report.
constexpr int kReportEvery = 6;
// One report may be lost or delayed before readers call the value late.
constexpr int kSamplesOfGrace = 2;

// Device classes of Home Assistant that only numbers have.
constexpr std::array<std::string_view, 14> kMeasuredClasses = {
    "temperature", "humidity", "pressure", "atmospheric_pressure", "voltage",   "current", "energy",
    "illuminance", "distance", "speed",    "carbon_dioxide",       "frequency", "pm25",    "pm10",
};

template <typename T>
void fill(std::optional<T>& value, const std::optional<T>& other) {
  if (!value) value = other;
}

}  // namespace

bool says_number(const Processing& processing) {
  const Processing& p = processing;
  const bool has_unit = p.unit && !p.unit->empty();
  const bool is_measured = p.ha_class && std::ranges::count(kMeasuredClasses, *p.ha_class) > 0;
  return has_unit || is_measured || p.min || p.max || p.scale || p.offset || p.filter || p.window ||
         p.precision || p.rate.value_or(false);
}

Processing merged(const Processing& first, const Processing& second) {
  Processing both = first;
  fill(both.rate, second.rate);
  fill(both.scale, second.scale);
  fill(both.offset, second.offset);
  fill(both.min, second.min);
  fill(both.max, second.max);
  fill(both.filter, second.filter);
  fill(both.window, second.window);
  fill(both.precision, second.precision);
  fill(both.delta, second.delta);
  fill(both.max_interval, second.max_interval);
  fill(both.unit, second.unit);
  fill(both.ha_class, second.ha_class);
  fill(both.is_number, second.is_number);
  return both;
}

std::chrono::milliseconds report_interval(const Processing& processing,
                                          std::chrono::milliseconds every,
                                          std::optional<std::chrono::milliseconds> max_age) {
  if (!processing.delta) return every;
  if (processing.max_interval) return std::max(every, *processing.max_interval);
  return max_age ? std::max(every, *max_age - kSamplesOfGrace * every) : kReportEvery * every;
}

std::chrono::milliseconds late_after(const Processing& processing, std::chrono::milliseconds every,
                                     std::optional<std::chrono::milliseconds> max_age) {
  return max_age.value_or(report_interval(processing, every, max_age) + kSamplesOfGrace * every);
}

}  // namespace dsn::inline base
