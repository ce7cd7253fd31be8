// SPDX-License-Identifier: Apache-2.0
// The socket file of the agent: makes it, and finds out whether another agent listens on it.
#pragma once

#include <sys/types.h>

#include <string>

#include "dsn/result.hpp"

namespace dsn::local {

/// The group whose members may use the agent's socket, if the group exists on this machine.
inline constexpr const char* kSocketGroup = "dsn";

/// A listening, non-blocking Unix stream socket at `path`. The caller closes it.
///
/// The folder is made if it is missing (0755). A socket file on which no process listens is
/// replaced. A socket on which one listens is an error, and so is a file of another kind.
/// The file gets mode 0660 and the group `dsn` before anybody can connect.
Result<int> open_listen_socket(const std::string& path);

/// Identifies a file, so that a file that another process put at the same path later is left alone.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// All zero if there is no such file.
[[nodiscard]] FileIdentity identity_of(const std::string& path);

}  // namespace dsn::local
