// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sensor/exec_process.hpp"

namespace dsn::sensor {

/// Why a run counts as failed, such as "exit status 3: no such device"; nothing if it does not.
[[nodiscard]] std::optional<std::string> failure_of(const ExecEnd& end,
                                                    std::chrono::milliseconds timeout);

/// What a program may print. A thousand members of JSON would fit; a log that went to the wrong
/// stream does not.
inline constexpr std::size_t kExecOutputBytesMax = std::size_t{64} * 1024;

}  // namespace dsn::sensor
