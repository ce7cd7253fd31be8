// SPDX-License-Identifier: Apache-2.0
// Paths as text.
#pragma once

#include <string>

namespace dsn::inline base {

/// The path without its last part: "." if that was all of it, "/" for an entry of the root folder.
[[nodiscard]] inline std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace dsn::inline base
