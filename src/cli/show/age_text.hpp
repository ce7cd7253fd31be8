// SPDX-License-Identifier: Apache-2.0
// Spans of time as people read and write them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dsn::cli {

/// "3s", "1m12s", "4m03s", "2h05m", "3d04h": always two units at most, so that a column of them
/// stays narrow. Negative spans are 0s.
[[nodiscard]] std::string format_age(std::chrono::milliseconds age);

/// Like format_age, but below a second "250ms": for settings.
[[nodiscard]] std::string format_period(std::chrono::milliseconds period);

/// "30s", "250ms", "1m30s", "2h", "1d"; a number alone is seconds. Nothing for anything else, and
/// for spans of more than a hundred years.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace dsn::cli
