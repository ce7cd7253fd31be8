// SPDX-License-Identifier: Apache-2.0
// Readings as a table for people and as tab-separated lines for scripts. Pure functions of their
// arguments.
#pragma once

#include <string>
#include <vector>

#include "cli/show/table.hpp"
#include "dsn/reading.hpp"

namespace dsn::cli {

struct ReadingTableOptions {
  TableStyle style;
  /// A sparkline for each reading, in the same order; empty: the table has no such column.
  std::vector<std::string> trends;
  bool max_age = false;  ///< with a column MAX
};

/// NODE KEY VALUE AGE [MAX] [TREND] STATUS. Values of a failed sensor are a dash, those of a gone
/// node stand in parentheses; no value is shown without its age and status.
[[nodiscard]] std::string reading_table(const std::vector<Reading>& readings,
                                        const ReadingTableOptions& options);

/// Whether nothing is wrong with the reading: ok, or on demand.
[[nodiscard]] bool is_well(const Reading& reading);

/// What failed or is gone first, then what is late or doubtful; otherwise in the order that it had.
void put_trouble_first(std::vector<Reading>& readings);

/// "3 nodes (2 live, 1 gone), 5 keys (3 ok, 1 error, 1 gone)"
[[nodiscard]] std::string reading_summary(const std::vector<Reading>& readings);

/// node, key, value, unit, age in ms, status; the status of an error is "error: CAUSE".
[[nodiscard]] std::string reading_tsv(const Reading& reading);

/// The column STATUS: "ok", "late (max 5s)", "node gone, last heard 4m03s ago, multicast on eth0",
/// ...
[[nodiscard]] std::string status_text(const Reading& reading);

}  // namespace dsn::cli
