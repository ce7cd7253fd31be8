// SPDX-License-Identifier: Apache-2.0
// The databases of the configuration.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// `databases` is the mapping from name to database. The result is complete only if nothing was
/// reported.
[[nodiscard]] std::vector<DatabaseConfig> read_databases(const YamlNode& databases, Report& report);

}  // namespace dsn::config
