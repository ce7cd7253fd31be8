// SPDX-License-Identifier: Apache-2.0
#include "base/pattern.hpp"

#include <fnmatch.h>

namespace dsn::inline base {

bool is_pattern(std::string_view text) {
  return text.find_first_of("*?[") != std::string_view::npos;
}

bool fits(const std::string& pattern, const std::string& text) {
  return pattern == text ||
         (is_pattern(pattern) && ::fnmatch(pattern.c_str(), text.c_str(), 0) == 0);
}

}  // namespace dsn::inline base
