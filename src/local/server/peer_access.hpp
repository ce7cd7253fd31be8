// SPDX-License-Identifier: Apache-2.0
// Who may write over the local socket (docs/local-api.md, section "Who may do what").
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace dsn::local {

/// The process at the other end of a socket, as the kernel says.
struct PeerCredentials {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> more_groups;
  pid_t process = 0;
};

/// Who may write over the agent's socket.
struct SocketAccess {
  uid_t agent_user = 0;
  gid_t socket_group = 0;
  bool group_may_write = false;  ///< the mode of the socket file has group write
};

/// Nothing if the kernel does not tell.
[[nodiscard]] std::optional<PeerCredentials> credentials_of(int socket);
[[nodiscard]] SocketAccess access_of(const std::string& socket_path);

/// True for root, for the agent's own user, and for members of the group of the socket file if its
/// mode has group write. If an operator opens the file to everybody (chmod 0666), everybody may
/// read, and still only these may write.
[[nodiscard]] bool may_write(const PeerCredentials& peer, const SocketAccess& access);

}  // namespace dsn::local
