// SPDX-License-Identifier: Apache-2.0
// Ids of 1-wire chips.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// What the kernel calls the chip that another program calls so: with capitals, as owfs
/// (`28.4D2C1B0A0000`), as ESPHome (`0x2a00000a1b2c3d28`) or without a separator. Of owfs both,
/// since people also write the kernel's digits with its point. Empty if it is no such id.
[[nodiscard]] std::vector<std::string> meant_w1_ids(std::string_view text);

/// Reports an id that is none of the kernel's, with the one that is meant.
void check_w1_id(const SensorConfig& sensor, Mark at, const std::string& where, Report& report);

}  // namespace dsn::config
