// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_simulation.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dsn::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMaxAge{5000};
constexpr std::uint64_t kWaterEverySeconds = 9;
constexpr std::uint64_t kDoorChangesEverySeconds = 40;

/// What a sensor of the demo is.
struct Simulated {
  const char* key;
  const char* unit;
  const char* device_class;
  std::uint32_t precision;
};

SetRequest request_of(const Simulated& sensor, double value) {
  const double steps = std::pow(10.0, sensor.precision);
  return {.key = sensor.key,
          .value = Value::real(std::round(value * steps) / steps),
          .unit = sensor.unit,
          .max_age = kMaxAge,
          .device_class = sensor.device_class,
          .precision = sensor.precision};
}

/// A wave around `middle`.
double wave(double middle, double height, double period_s, std::uint64_t second) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(second) / period_s;
  return middle + height * std::sin(angle);
}

void attic(std::uint64_t second, std::vector<SetRequest>& entries) {
  entries.push_back(
      request_of({"outside/temperature", "Cel", "temperature", 1}, wave(4.3, 1.5, 60, second)));
  entries.push_back(
      request_of({"outside/humidity", "%RH", "humidity", 1}, wave(81.2, 4, 47, second)));
}

void cellar(std::uint64_t second, std::vector<SetRequest>& entries) {
  entries.push_back(
      request_of({"pump/temperature", "Cel", "temperature", 1}, wave(38.6, 3, 31, second)));
  if (second % kWaterEverySeconds == 0) {
    entries.push_back(
        request_of({"water/level", "m", "distance", 2}, wave(0.62, 0.1, 200, second)));
  }
}

void shed(std::uint64_t second, std::vector<SetRequest>& entries) {
  const bool open = second / kDoorChangesEverySeconds % 2 == 0;
  entries.push_back({.key = "door",
                     .value = Value::text(open ? "open" : "closed"),
                     .max_age = kMaxAge,
                     .device_class = "door"});
}

}  // namespace

std::vector<SetRequest> simulated_readings(std::size_t index, std::size_t count,
                                           std::uint64_t second) {
  std::vector<SetRequest> entries;
  const std::size_t last = count == 0 ? 0 : count - 1;
  if (index == 0) attic(second, entries);
  if (index == std::min<std::size_t>(1, last)) cellar(second, entries);
  if (index == std::min<std::size_t>(2, last)) shed(second, entries);
  return entries;
}

}  // namespace dsn::cli
