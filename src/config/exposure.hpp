// SPDX-License-Identifier: Apache-2.0
// What root must not act on: what others may change would be done by root.
#pragma once

#include <string>
#include <vector>

#include "config/report.hpp"

namespace dsn::config {

/// Reports a file of the configuration that others than root may change, if root reads it.
void look_for_exposure(const std::string& file, Report& report);

/// The same of a program, and of the script that is its argument if it is an interpreter.
void look_for_exposure(const std::vector<std::string>& command, Mark at, Report& report);

}  // namespace dsn::config
