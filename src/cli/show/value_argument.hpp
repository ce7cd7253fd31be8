// SPDX-License-Identifier: Apache-2.0
// The VALUE of `dsn set`.
#pragma once

#include <string_view>

#include "dsn/result.hpp"
#include "dsn/value.hpp"

namespace dsn::cli {

/// A number, true, false, null, or JSON; anything else is text. A text that begins like JSON and is
/// not JSON is an error, because JSON was meant. `as_text` takes everything as text.
[[nodiscard]] Result<Value> parse_value_argument(std::string_view text, bool as_text);

}  // namespace dsn::cli
