// SPDX-License-Identifier: Apache-2.0
// Text on a terminal: its width, and with base/printable its form without control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/printable.hpp"

namespace dsn::cli {

/// What a table shows where there is no value.
inline constexpr const char* kNothing = "–";

/// Makes wcwidth() know more than ASCII in any locale of the user: output is always UTF-8.
void use_utf8_widths();

/// Columns on a terminal, by wcwidth(); bytes that are no UTF-8 count as one each.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text, at most `columns` wide; a text that was cut ends with an ellipsis.
[[nodiscard]] std::string clip(std::string_view text, std::size_t columns);

/// JSON as a line of output that controls no terminal.
[[nodiscard]] std::string json_line(std::string_view json);

}  // namespace dsn::cli
