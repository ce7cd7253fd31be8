// SPDX-License-Identifier: Apache-2.0
// Points of a history as text.
#pragma once

#include <string>
#include <vector>

#include "record/history.hpp"

namespace dsn::record {

/// What one sees of an answer: its points, how fine they are, and the unit.
struct Shown {
  Grain grain = Grain::raw;
  std::vector<Point> points;
  std::string unit;
};

/// For people: local time and value; with mean, lowest and highest if they are of minutes or hours.
[[nodiscard]] std::string table_text(const Shown& shown);
/// RFC 4180 with a head: time (RFC 3339, UTC), mean, low, high; a point a line.
[[nodiscard]] std::string csv_text(const Shown& shown);
/// A JSON object a line: {"time", "value"} or {"time", "mean", "low", "high"}.
[[nodiscard]] std::string json_text(const Shown& shown);
/// A curve of blocks, `width` columns wide, with its range and times.
[[nodiscard]] std::string plot_text(const Shown& shown, std::size_t width);

}  // namespace dsn::record
