// SPDX-License-Identifier: Apache-2.0
// The files of the programs beside the agent, for `dsn check`.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/module_file.hpp"

namespace dsn::config {

struct ModuleFile {
  std::string_view name;  ///< in the folder of the agent's configuration
  ModuleFindings (*check)(const std::string& path);
};

[[nodiscard]] std::span<const ModuleFile> module_files();

}  // namespace dsn::config
