// SPDX-License-Identifier: Apache-2.0
// Spans of time as people write them, in the configuration and on the command line.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "dsn/result.hpp"

namespace dsn::inline base {

/// `500ms`, `30s`, `1m30s`, `2h`, `7d`: whole numbers with their units, which are added up; at most
/// 100 years. The Error says what to write instead, and follows the words "must be a duration".
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The same, but a number without a unit is seconds.
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration_or_seconds(std::string_view text);

/// The span in the largest unit that divides it: "90s", "2m".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds span);

/// The span to whole units, for sentences: "42s", "12m", "5h", "3d". Negative spans are "0s".
[[nodiscard]] std::string rounded_duration_text(std::chrono::milliseconds span);

/// The grammar as a regular expression (ECMA 262), for the schema of the configuration.
inline constexpr char kDurationPattern[] = "^(0|[1-9][0-9]*)(ms|s|m|h|d)([0-9]+(ms|s|m|h|d))*$";

}  // namespace dsn::inline base
