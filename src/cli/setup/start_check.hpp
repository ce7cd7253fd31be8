// SPDX-License-Identifier: Apache-2.0
// What an agent opens when it starts, beside its sensors.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/finding.hpp"

namespace dsn::cli {

/// Why the agent would not start with this configuration although it is good: its key cannot be
/// read, a sensor cannot be made, the folder of its identity cannot be written, its port is not for
/// it. `system_root` is as in make_sensor().
[[nodiscard]] std::vector<config::Finding> obstacles(const config::Config& config,
                                                     const std::string& system_root);

/// Whether the service manager reads the key, as root, and hands it over: it is in the folder
/// `keys` beside the configuration.
[[nodiscard]] bool is_handed_over(const config::Config& config);

/// The key that `aes_key_file` names cannot be read. To be asked as root if it is handed over.
[[nodiscard]] std::vector<config::Finding> missing_key(const config::Config& config);

/// What would fail later, when it is needed: programs of sensors, hooks and commands that are not
/// there or may not be run, and folders in which a hook cannot write.
[[nodiscard]] std::vector<config::Finding> missing_programs(const config::Config& config);

}  // namespace dsn::cli
