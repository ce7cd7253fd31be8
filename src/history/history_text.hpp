// SPDX-License-Identifier: Apache-2.0
// Points of a history as text.
#pragma once

#include <string>
#include <vector>

#include "history/history.hpp"

namespace dsn::history {

/// For people: local time and value; with mean, lowest and highest if they are of minutes or hours.
[[nodiscard]] std::string table_text(const RecordedPoints& answer);
/// RFC 4180 with a head: time (RFC 3339, UTC), mean, low, high; a point a line.
[[nodiscard]] std::string csv_text(const RecordedPoints& answer);
/// A JSON object: {"time", "value"} of a raw point, else {"time", "mean", "low", "high"}.
[[nodiscard]] std::string point_json(Grain grain, const Point& point);
/// Such an object a line.
[[nodiscard]] std::string json_text(const RecordedPoints& answer);
/// For programs: node, key, unit, lowest and highest, with tabs between them, a line a key.
[[nodiscard]] std::string ranges_text(const std::vector<RecordedRange>& ranges);
/// A curve of blocks, `width` columns wide, with its range and times.
[[nodiscard]] std::string plot_text(const RecordedPoints& answer, std::size_t width);

}  // namespace dsn::history
