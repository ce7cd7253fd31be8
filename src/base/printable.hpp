// SPDX-License-Identifier: Apache-2.0
// Texts of others, in a form that controls no terminal, hides nothing and shows no other order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsn::inline base {

struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  ///< in bytes
  bool valid = false;    ///< if not, it is one byte that is no UTF-8
};

/// The first code point of a text that is not empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Whether it is no character to be seen: controls (C0, C1), formats and directions (Cf), line and
/// paragraph separators, private use, noncharacters, and fillers without a shape.
[[nodiscard]] bool is_unsafe(char32_t value);

/// The text with escapes such as \n, \x1b or \u202e in place of unsafe code points and of bytes
/// that are no UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

/// The same with one '?' for each.
[[nodiscard]] std::string with_question_marks(std::string_view text);

/// JSON of one line with \u escapes in place of what is unsafe in it: the same JSON to a program.
[[nodiscard]] std::string printable_json(std::string_view json);

}  // namespace dsn::inline base
