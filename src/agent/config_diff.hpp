// SPDX-License-Identifier: Apache-2.0
// The difference between the configuration that runs and one that was read again.
#pragma once

#include "config/config.hpp"
#include "dsn/reload.hpp"

namespace dsn::agent {

/// Whether two sensors are the same, wherever they stand in the file.
[[nodiscard]] bool same_sensor(const config::SensorConfig& a, const config::SensorConfig& b);

/// The same for two hooks.
[[nodiscard]] bool same_hook(const config::HookConfig& a, const config::HookConfig& b);

/// The report of a reload that succeeds.
[[nodiscard]] ReloadReport compare(const config::Config& running, const config::Config& loaded);

/// The configuration that runs after a reload: the loaded one, except for the keys that only a
/// start looks at.
[[nodiscard]] config::Config take_over(const config::Config& running, config::Config loaded);

}  // namespace dsn::agent
