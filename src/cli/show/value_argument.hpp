// SPDX-License-Identifier: Apache-2.0
// The VALUE of `dsn set`.
#pragma once

#include <string_view>

#include "dsn/result.hpp"
#include "dsn/value.hpp"

namespace dsn::cli {

/// A number, true, false, null, or JSON; anything else is text. What begins like JSON and is none
/// is an error, because it was meant to be. `as_text` takes everything as text.
[[nodiscard]] Result<Value> parse_value_argument(std::string_view text, bool as_text);

}  // namespace dsn::cli
