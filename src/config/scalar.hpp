// SPDX-License-Identifier: Apache-2.0
// The text of a YAML scalar as a number. Strict: YAML readers differ on `010`,
// `0x1f`, `1_000`, `yes` and `1e3`, so all of these are refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dsn::config {

/// Decimal digits with an optional '-'. Nothing if it is anything else, has a leading zero, or
/// does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

/// Whether the text is what YAML 1.1 reads as an octal number.
[[nodiscard]] bool looks_octal(std::string_view text);

/// A finite decimal number.
[[nodiscard]] std::optional<double> parse_number(std::string_view text);

/// A text of the user's, fit for a message: in quotes, without control characters, cut after 60
/// bytes, and hidden if it looks like a key that stands in the wrong place.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace dsn::config
