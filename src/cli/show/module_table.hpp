// SPDX-License-Identifier: Apache-2.0
// The programs at an agent that said who they are.
#pragma once

#include <string>
#include <vector>

#include "cli/show/table.hpp"
#include "dsn/status.hpp"

namespace dsn::cli {

/// MODULE VERSION PID USER DOES
[[nodiscard]] std::string module_table(const std::vector<ModuleInfo>& modules,
                                       const TableStyle& style);

/// name, version, pid, user, what it does
[[nodiscard]] std::string module_tsv(const ModuleInfo& module);

/// "subscribed; listens to light door/*; holds 2 keys; 5 messages"; empty if it only asks.
[[nodiscard]] std::string module_does(const ModuleInfo& module);

}  // namespace dsn::cli
