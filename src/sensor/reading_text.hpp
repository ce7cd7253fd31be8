// SPDX-License-Identifier: Apache-2.0
// Numbers as programs and people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "dsn/value.hpp"

namespace dsn::sensor {

/// The text that was meant: UTF-16 becomes UTF-8. Byte order marks, no-break spaces and NULs at
/// both ends go, as do spaces, tabs and line ends.
[[nodiscard]] std::string plain_text(std::string_view bytes);

/// The text as a number, exact where it is an integer, with any of the signs '+', '-' and U+2212.
/// Nothing if it is anything else, such as "nan" or two numbers.
[[nodiscard]] std::optional<Value> number_value(std::string_view text);

/// Why a value is none where a number is meant: "'21,5' is no number: write a point for the comma".
[[nodiscard]] std::string no_number(const Value& value);

}  // namespace dsn::sensor
