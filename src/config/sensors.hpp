// SPDX-License-Identifier: Apache-2.0
// The sensors of the configuration.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// `sensors` is the mapping from key to sensor. What comes back is complete only if nothing was
/// reported.
[[nodiscard]] std::vector<SensorConfig> read_sensors(const Node& sensors, Report& report);

}  // namespace dsn::config
