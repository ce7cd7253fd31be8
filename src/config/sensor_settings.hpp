// SPDX-License-Identifier: Apache-2.0
// The sensors of the configuration.
#pragma once

#include <vector>

#include "config/boards.hpp"
#include "config/config.hpp"
#include "config/document.hpp"
#include "config/presets.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// What the settings of a sensor may refer to.
struct SensorContext {
  Presets& presets;
  const Board* board;  ///< nullptr: the configuration names none
  Report& report;
  bool are_optional;  ///< a sensor whose driver was left out is skipped instead of reported
};

/// `sensors` is the mapping from key to sensor. The result is complete only if nothing was
/// reported.
[[nodiscard]] std::vector<SensorConfig> read_sensors(const YamlNode& sensors,
                                                     const SensorContext& context);

}  // namespace dsn::config
