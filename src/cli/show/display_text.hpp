// SPDX-License-Identifier: Apache-2.0
// Text on a terminal: its width, and with base/printable its form without control characters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// The same with the ellipsis in the middle: names differ at both ends.
[[nodiscard]] std::string clip_middle(std::string_view text, std::size_t columns);

/// The end of the text, at most `columns` wide, without an ellipsis.
[[nodiscard]] std::string last_columns(std::string_view text, std::size_t columns);

/// Its words in lines of at most `columns`; a longer word is broken. At least one line, which may
/// be empty. Sequences that change the colour have no width.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

/// Each line of the text that is longer than `columns` is broken at words. What goes on begins
/// where the last column of the line does, which is two or more blanks behind the one before it.
/// The text ends as it did: with a line feed, with blanks, or with neither.
[[nodiscard]] std::string wrap_lines(std::string_view text, std::size_t columns);

/// "1 key", "2 keys"
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

/// JSON as a line of output that controls no terminal.
[[nodiscard]] std::string json_line(std::string_view json);

}  // namespace dsn::cli
