// SPDX-License-Identifier: Apache-2.0
// Patterns of names and keys: `*` is any text, `?` one byte, `[...]` one of several (fnmatch).
#pragma once

#include <string>
#include <string_view>

namespace dsn::inline base {

/// Whether the text has a character by which it can fit others than itself.
[[nodiscard]] bool is_pattern(std::string_view text);

/// Whether `text` is the pattern itself, or fits it. A `/` is a character as any other.
[[nodiscard]] bool fits(const std::string& pattern, const std::string& text);

}  // namespace dsn::inline base
