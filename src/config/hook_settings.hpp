// SPDX-License-Identifier: Apache-2.0
// The hooks and commands of the configuration.
#pragma once

#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/report.hpp"

namespace dsn::config {

/// `hooks` is the mapping from name to hook. The result is complete only if nothing was
/// reported.
[[nodiscard]] std::vector<HookConfig> read_hooks(const YamlNode& hooks, Report& report);
/// The same for `commands`, the mapping from the name of a message to command.
[[nodiscard]] std::vector<HookConfig> read_commands(const YamlNode& commands, Report& report);

}  // namespace dsn::config
