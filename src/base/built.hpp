// SPDX-License-Identifier: Apache-2.0
// Which optional parts this build has: sensor drivers by their names, `hooks` and
// `messages`.
#pragma once

#include <string_view>

namespace dsn::inline base {

/// Whether the build has the part. Only for files that are compiled with DSN_BUILT, the names of
/// all parts with a blank after each.
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
