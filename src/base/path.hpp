// SPDX-License-Identifier: Apache-2.0
// Paths as text.
#pragma once

#include <string>

namespace dsn::inline base {

/// The folder that a path names its last part in: "." if it names none, "/" for what is there.
[[nodiscard]] inline std::string parent_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace dsn::inline base
