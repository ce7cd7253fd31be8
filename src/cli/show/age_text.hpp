// SPDX-License-Identifier: Apache-2.0
// Spans of time as tables and reports show them.
#pragma once

#include <chrono>
#include <string>

#include "dsn/reading.hpp"

namespace dsn::cli {

/// "3s", "1m12s", "4m03s", "2h05m", "3d04h": always two units at most, so that a column of them
/// stays narrow. Negative spans are 0s.
[[nodiscard]] std::string format_age(std::chrono::milliseconds age);

/// How long ago the value was looked at: its age, or "<12s" if its node has looked since and found
/// no change to tell, at most its interval before it was last heard.
[[nodiscard]] std::string sampled_text(const Reading& reading);

/// Like format_age, but below a second "250ms": for settings.
[[nodiscard]] std::string format_period(std::chrono::milliseconds period);

}  // namespace dsn::cli
