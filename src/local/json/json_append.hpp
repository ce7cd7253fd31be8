// SPDX-License-Identifier: Apache-2.0
// JSON as it leaves, appended to a text without any tree in between (docs/local-api.md).
#pragma once

#include <string>
#include <string_view>

#include "dsn/value.hpp"

namespace dsn::local {

/// With its quotes. Text that is not UTF-8 is repaired.
void append_text(std::string& out, std::string_view text);

/// A finite number, with a point or an exponent. An infinity or a not-a-number becomes null.
void append_number(std::string& out, double number);

/// Bytes become {"$bytes": "00ff"}; a map with keys other than text {"$map": [[key, value], ...]};
/// a not-a-number and infinities {"$float": "NaN"}, "Infinity" or "-Infinity"; an integer below
/// -2^63 {"$int": "-9223372036854775809"}. A map whose only key would read as one of these gets one
/// more '$' in front of it.
void append_value(std::string& out, const Value& value);

}  // namespace dsn::local
