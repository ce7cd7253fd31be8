// SPDX-License-Identifier: Apache-2.0
// Text on a terminal: how wide it is, and what of it is safe to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsn::cli {

/// Makes wcwidth() know more than ASCII, whatever the user's locale is: output is UTF-8 anyway.
void use_utf8_widths();

/// Columns on a terminal, by wcwidth(); bytes that are no UTF-8 count as one each.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// At most `columns` wide; if something had to go, the last column is an ellipsis.
[[nodiscard]] std::string clip(std::string_view text, std::size_t columns);

/// Names and values come from other machines, and a terminal obeys control characters: they, line
/// breaks, tabs, direction overrides and stray bytes become escapes such as \n or \x1b.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace dsn::cli
