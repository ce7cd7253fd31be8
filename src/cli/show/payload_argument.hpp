// SPDX-License-Identifier: Apache-2.0
// The payload of a message, from the command line, a file or standard input.
#pragma once

#include <optional>
#include <string>

#include "dsn/result.hpp"
#include "dsn/value.hpp"

namespace dsn::cli {

/// `file` is a path, "-" for standard input, or empty: then it is parse_value_argument(), and null
/// without a text. The content of a file is text if it is UTF-8, and bytes otherwise.
[[nodiscard]] Result<Value> payload_of(const std::optional<std::string>& text, bool as_text,
                                       const std::string& file);

}  // namespace dsn::cli
