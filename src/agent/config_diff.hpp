// SPDX-License-Identifier: Apache-2.0
// What a configuration that was read again changes, and what of that a running agent can take.
#pragma once

#include "config/config.hpp"
#include "dsn/reload.hpp"

namespace dsn::agent {

/// Whether a sensor is to go on as it is, wherever it stands in the file.
[[nodiscard]] bool same_sensor(const config::SensorConfig& a, const config::SensorConfig& b);

/// The same for a hook.
[[nodiscard]] bool same_hook(const config::HookConfig& a, const config::HookConfig& b);

/// The report of a reload that succeeds.
[[nodiscard]] ReloadReport compare(const config::Config& running, const config::Config& loaded);

/// What runs from now on: the loaded configuration, but for what only a start looks at.
[[nodiscard]] config::Config take_over(const config::Config& running, config::Config loaded);

}  // namespace dsn::agent
