// SPDX-License-Identifier: Apache-2.0
// Readings in the formats of other programs. Pure functions of their arguments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsn/reading.hpp"

namespace dsn::formats {

/// The first line of CSV (RFC 4180, with line feeds alone).
inline constexpr char kCsvTitles[] = "node,key,value,unit,age_ms,max_age_ms,status\n";
[[nodiscard]] std::string reading_csv(const Reading& reading);
/// A key that is no longer there.
[[nodiscard]] std::string removed_csv(const NodeEvent& event);

/// A record of SenML (RFC 8428) in JSON. Its name is NODE/KEY, its time is relative to now. Nothing
/// for what has no value: failed sensors, values on demand, null, lists and maps.
[[nodiscard]] std::optional<std::string> senml_record(const Reading& reading);
/// A SenML pack, with a line for each record.
[[nodiscard]] std::string readings_senml(const std::vector<Reading>& readings);

/// The text format of Prometheus, for the textfile collector of its node exporter: `dsn_reading_ok`
/// and `dsn_reading_age_seconds` of each reading, and `dsn_reading` of numbers and truth values
/// that can be trusted.
[[nodiscard]] std::string readings_prom(const std::vector<Reading>& readings);

}  // namespace dsn::formats
