// SPDX-License-Identifier: Apache-2.0
// What a program printed, as measurements.
#pragma once

#include <string_view>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// A JSON object gives one measurement a member, anything else one of its first line: a number,
/// true, false, a JSON string, or text. The Error follows "PROGRAM: ".
[[nodiscard]] Result<Measurements> parse_output(std::string_view output);

}  // namespace dsn::sensor
