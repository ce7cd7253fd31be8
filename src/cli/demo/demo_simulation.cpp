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

/// A wave around `middle`, rounded to the digits that such a sensor has.
Value wave(double middle, double height, double period_s, std::uint64_t second, double steps) {
  const double angle = 2 * std::numbers::pi * static_cast<double>(second) / period_s;
  return Value::real(std::round((middle + height * std::sin(angle)) * steps) / steps);
}

void attic(std::uint64_t second, std::vector<SetRequest>& entries) {
  entries.push_back({"outside/temperature", wave(4.3, 1.5, 60, second, 10), "Cel", kMaxAge});
  entries.push_back({"outside/humidity", wave(81.2, 4, 47, second, 10), "%RH", kMaxAge});
}

void cellar(std::uint64_t second, std::vector<SetRequest>& entries) {
  entries.push_back({"pump/temperature", wave(38.6, 3, 31, second, 10), "Cel", kMaxAge});
  if (second % kWaterEverySeconds == 0) {
    entries.push_back({"water/level", wave(0.62, 0.1, 200, second, 100), "m", kMaxAge});
  }
}

void shed(std::uint64_t second, std::vector<SetRequest>& entries) {
  const bool open = second / kDoorChangesEverySeconds % 2 == 0;
  entries.push_back({"door", Value::text(open ? "open" : "closed"), "", kMaxAge});
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
