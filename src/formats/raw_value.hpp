// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "dsn/value.hpp"

namespace dsn::formats {

/// The value in full for a script: text as it is, numbers with all their digits, true and false,
/// nothing for null, bytes in hexadecimal, arrays and maps as JSON. May contain control characters.
[[nodiscard]] std::string raw_value(const Value& value);

}  // namespace dsn::formats
