// SPDX-License-Identifier: Apache-2.0
// Readings in the formats of other programs. Pure functions of their arguments.
#pragma once

#include <string>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::cli {

/// The first line of CSV (RFC 4180, with line feeds alone):
/// node,key,value,unit,age_ms,max_age_ms,status
[[nodiscard]] std::string csv_titles();
[[nodiscard]] std::string reading_csv(const Reading& reading);
/// A key that is no longer there.
[[nodiscard]] std::string removed_csv(const NodeEvent& event);

/// A SenML pack (RFC 8428) in JSON, with a line for each record. A name is NODE/KEY, a time is
/// relative to now. Left out is what has no value: failed sensors, values on demand, null, lists
/// and maps.
[[nodiscard]] std::string readings_senml(const std::vector<Reading>& readings);

/// The text format of Prometheus, for the textfile collector of its node exporter: `dsn_reading_ok`
/// and `dsn_reading_age_seconds` of each reading, and `dsn_reading` of numbers and truth values
/// that can be trusted.
[[nodiscard]] std::string readings_prom(const std::vector<Reading>& readings);

}  // namespace dsn::cli
