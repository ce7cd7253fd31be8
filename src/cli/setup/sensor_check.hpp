// SPDX-License-Identifier: Apache-2.0
// Reading each sensor of a configuration once, for `dsn check`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/show/table.hpp"
#include "config/config.hpp"
#include "dsn/value.hpp"

namespace dsn::cli {

/// One value of a sensor, or why there is none.
struct CheckedValue {
  std::string key;
  std::string driver;
  Value raw;  ///< as the driver measured it; null if it measured nothing
  std::string raw_unit;
  Value value;  ///< as it would be published; null if nothing would be
  std::string unit;
  std::optional<std::uint32_t> precision;  ///< decimals of the value
  std::string error;                       ///< empty if all is well
  std::string hint;                        ///< what to do about the error
  std::string note;                        ///< why a good sensor has no value yet
};

/// Reads each sensor once; those that need two samples, or failed, a second time. `root` stands
/// before the kernel's files.
[[nodiscard]] std::vector<CheckedValue> check_sensors(
    const std::vector<config::SensorConfig>& sensors, const std::string& root);

/// KEY, DRIVER, RAW, VALUE, STATUS, and below it what to do about each error.
[[nodiscard]] std::string check_report(const std::vector<CheckedValue>& values,
                                       const TableStyle& style);
/// Fields separated by tabs: key, driver, raw, raw unit, value, unit, status.
[[nodiscard]] std::string check_line(const CheckedValue& value);
[[nodiscard]] std::string check_json(const CheckedValue& value);
[[nodiscard]] std::string finding_json(const config::Finding& finding, const char* severity);

}  // namespace dsn::cli
