// SPDX-License-Identifier: Apache-2.0
// Text on a terminal: its width, and its form without control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsn::cli {

/// What a table shows where there is no value.
inline constexpr const char* kNothing = "–";

/// Makes wcwidth() know more than ASCII in any locale of the user: output is always UTF-8.
void use_utf8_widths();

/// Columns on a terminal, by wcwidth(); bytes that are no UTF-8 count as one each.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The text, at most `columns` wide; a text that was cut ends with an ellipsis.
[[nodiscard]] std::string clip(std::string_view text, std::size_t columns);

/// The text with escapes such as \n or \x1b in place of control characters, line breaks, tabs,
/// direction overrides and bytes that are no UTF-8. Names and values come from other machines, and
/// must not control the terminal.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace dsn::cli
