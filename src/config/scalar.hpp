// SPDX-License-Identifier: Apache-2.0
// The text of a YAML scalar as a number or a span of time. Strict: YAML readers differ on `010`,
// `0x1f`, `1_000`, `yes` and `1e3`, so none of these is taken for anything.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dsn/result.hpp"

namespace dsn::config {

/// Decimal digits with an optional '-'. Nothing if it is anything else, has a leading zero, or
/// does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// Whether the text is what YAML 1.1 reads as an octal number.
[[nodiscard]] bool looks_octal(std::string_view text);

/// A finite decimal number.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// `500ms 1s 30s 5m 2h 1d`. The Error says what to write instead, to follow "must be a duration".
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The reverse, in the largest unit that divides it: "90s", "2m".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds span);

/// A value of the user's for a message: in quotes, control characters replaced, cut after 60
/// bytes, and masked if it looks like a key, wherever the key was put by mistake.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace dsn::config
