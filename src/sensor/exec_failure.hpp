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

/// Why a program that is there cannot be started: its interpreter is missing, or its first line
/// ends as on Windows. Empty if nothing is known against it.
[[nodiscard]] std::string fault_of_script(const std::string& program);

}  // namespace dsn::sensor
