// SPDX-License-Identifier: Apache-2.0
// Why a run of a program failed.
#pragma once

#include <optional>
#include <string>

#include "sensor/exec_process.hpp"

namespace dsn::sensor {

/// Why a run counts as failed, such as "exit status 3: no such device"; nothing if it does not.
[[nodiscard]] std::optional<std::string> failure_of(const ExecEnd& end, const ExecLimits& limits);

/// How much a program may print: room for a thousand members of JSON, but not for a log.
inline constexpr std::size_t kExecOutputBytesMax = std::size_t{64} * 1024;

}  // namespace dsn::sensor
