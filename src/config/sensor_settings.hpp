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

/// What sensors may refer to.
struct SensorContext {
  Presets& presets;
  const Board* board;  ///< nullptr: none is named
  Report& report;
  bool are_optional;  ///< sensors of a driver that was left out are skipped, not reported
};

/// `sensors` is the mapping from key to sensor. What comes back is complete only if nothing was
/// reported.
[[nodiscard]] std::vector<SensorConfig> read_sensors(const YamlNode& sensors,
                                                     const SensorContext& context);

}  // namespace dsn::config
