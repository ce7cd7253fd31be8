// SPDX-License-Identifier: Apache-2.0
// What this machine can measure of itself without any configuration.
#pragma once

#include <string>
#include <vector>

namespace dsn::cli {

struct MachineSensors {
  std::vector<std::string> interfaces;     ///< network interfaces that carried something, not lo
  std::vector<std::string> thermal_zones;  ///< types that exist once
  std::vector<std::string> hwmon_chips;    ///< names that exist once and have a temp1
};

/// Looks below `sys`, /sys on a real machine. What cannot be read is not there.
[[nodiscard]] MachineSensors find_machine_sensors(const std::string& sys = "/sys");

}  // namespace dsn::cli
