// SPDX-License-Identifier: Apache-2.0
// The socket file of the agent: made, checked for an agent that already listens, removed.
#pragma once

#include <sys/types.h>

#include <string>

#include "dsn/result.hpp"

namespace dsn::local {

/// The group whose members may talk to the agent, if it exists on this machine.
inline constexpr const char* kSocketGroup = "dsn";

/// A listening, non-blocking Unix stream socket at `path`. The caller closes it.
///
/// The folder is made if it is missing (0755). A socket file that nobody listens on is replaced; a
/// live one is an error, and so is a file of another kind: nothing but a dead socket is deleted.
/// The file gets mode 0660 and the group `dsn` before anybody can connect.
Result<int> open_listen_socket(const std::string& path);

/// Which file a path means, so that a file that somebody else put there later is left alone.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// All zero if there is none.
[[nodiscard]] FileIdentity identity_of(const std::string& path);

}  // namespace dsn::local
