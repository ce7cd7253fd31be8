// SPDX-License-Identifier: Apache-2.0
// A program with its arguments, as the configuration gives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"
#include "config/section.hpp"

namespace dsn::config {

/// The program's absolute path and its arguments: `/bin/x`, or `[/bin/x, argument]`. Empty if an
/// error was reported. No shell takes part.
[[nodiscard]] std::vector<std::string> read_program(const Section& section, std::string_view name,
                                                    Report& report);

}  // namespace dsn::config
