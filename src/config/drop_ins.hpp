// SPDX-License-Identifier: Apache-2.0
// Joining the files of conf.d with the configuration beside them.
#pragma once

#include <string>

#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// Adds the top level of another file to `root`: mappings and lists are put together, any other key
/// may be given once. A key that is given twice is reported at its later place; the message names
/// the first place.
void join(YamlNode& root, YamlNode other, Report& report);

}  // namespace dsn::config
