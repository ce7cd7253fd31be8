// SPDX-License-Identifier: Apache-2.0
// The driver of a sensor and its options.
#pragma once

#include <optional>
#include <string>

#include "config/config.hpp"
#include "config/key_table.hpp"
#include "config/section.hpp"

namespace dsn::config {

/// The scope of the options that may stand beside the driver in the mapping of a sensor; nothing if
/// there is no driver, or one without options.
[[nodiscard]] std::optional<KeyScope> option_scope(const YamlNode& sensor);

/// Reads the options of a sensor's driver: from its long form, `gpio: {line: GPIO17, ...}`, or from
/// beside its short form, `gpio: GPIO17, ...`, but not from both. Reports what is wrong.
void read_driver(const Section& section, const DriverInfo& driver, const std::string& where,
                 SensorConfig& sensor, Report& report);

}  // namespace dsn::config
