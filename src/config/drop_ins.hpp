// SPDX-License-Identifier: Apache-2.0
// The files of conf.d, which join the configuration that they lie beside.
#pragma once

#include <string>

#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// Joins what stands in `other` with `root`, both the top level of a file: mappings and lists are
/// put together, anything else may be given once. Reports what is given twice, at the later place,
/// naming the first.
void join(YamlNode& root, YamlNode other, Report& report);

}  // namespace dsn::config
