// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// A list of patterns of readings, such as `attic/*`. What is none is reported.
[[nodiscard]] std::vector<std::string> read_reading_patterns(const YamlNode& list, Report& report);

}  // namespace dsn::config
