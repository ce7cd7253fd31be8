// SPDX-License-Identifier: Apache-2.0
// What is in this build, of what its options can leave out: drivers of sensors by their names, and
// `hooks`.
#pragma once

#include <string_view>

namespace dsn::inline base {

/// For files that are compiled with DSN_BUILT: the names, with a blank after each.
constexpr bool is_built(std::string_view feature) {
  std::string_view names = DSN_BUILT;
  while (!names.empty()) {
    const std::size_t size = names.find(' ');
    if (names.substr(0, size) == feature) return true;
    names.remove_prefix(size + 1);
  }
  return false;
}

}  // namespace dsn::inline base
