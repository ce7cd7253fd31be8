// SPDX-License-Identifier: Apache-2.0
// Files that root acts on must not be for others to change.
#pragma once

#include <optional>
#include <string>

namespace dsn::file {

/// The first thing on the way to a file that others than root may change.
struct Weakness {
  std::string path;  ///< of the file itself, or of a folder or link that leads to it
  std::string why;   ///< "belongs to user 1000 (mode 0644)"
  std::string cure;  ///< the command that mends it; empty for a folder, which has its owner
};

/// Looks at the file, at each folder above it, and at where links lead. Nothing: root alone may
/// change what is there. In a folder with the sticky bit, such as /tmp, nobody can replace what is
/// root's. A file that is missing counts as one that whoever may write to its folder can make.
[[nodiscard]] std::optional<Weakness> find_weakness(const std::string& path);

}  // namespace dsn::file
