// SPDX-License-Identifier: Apache-2.0
// The part of the scan that knows hardware monitoring chips.
#pragma once

#include <string>
#include <vector>

#include "sensor/scan.hpp"

namespace dsn::sensor {

/// Adds what the chips measure, except inputs that say little: supply rails inside a processor,
/// single cores, second sensors of a disk.
void scan_hwmon(const std::string& root, std::vector<FoundSensor>& found);

}  // namespace dsn::sensor
