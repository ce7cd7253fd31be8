// SPDX-License-Identifier: Apache-2.0
#include "local/client/socket_path.hpp"

#include <unistd.h>

#include "base/environment.hpp"
#include "dsn/client.hpp"

namespace dsn {
namespace local {

std::string choose_socket_path(const SocketPathClues& clues) {
  if (clues.dsn_socket && !clues.dsn_socket->empty()) return *clues.dsn_socket;
  if (clues.system_socket_exists || clues.is_root) return kSystemSocket;
  if (!clues.xdg_runtime_dir || clues.xdg_runtime_dir->empty()) return kSystemSocket;
  return *clues.xdg_runtime_dir + "/dsn/agent.sock";
}

}  // namespace local

std::string default_socket_path() {
  local::SocketPathClues clues;
  clues.dsn_socket = environment("DSN_SOCKET");
  clues.xdg_runtime_dir = environment("XDG_RUNTIME_DIR");
  clues.system_socket_exists = ::access(local::kSystemSocket, F_OK) == 0;
  clues.is_root = ::geteuid() == 0;
  return local::choose_socket_path(clues);
}

}  // namespace dsn
