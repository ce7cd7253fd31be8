// SPDX-License-Identifier: Apache-2.0
// The rule behind dsn::default_socket_path(), apart from the environment that it looks at.
#pragma once

#include <optional>
#include <string>

namespace dsn::local {

inline constexpr const char* kSystemSocket = "/run/dsn/agent.sock";

/// What the rule looks at.
struct SocketPathClues {
  std::optional<std::string> dsn_socket;       ///< DSN_SOCKET
  std::optional<std::string> xdg_runtime_dir;  ///< XDG_RUNTIME_DIR
  bool system_socket_exists = false;
  bool is_root = false;
};

/// The rule of dsn::default_socket_path(). An empty variable counts as absent. Without
/// XDG_RUNTIME_DIR, as in a cron job, only the system's agent can be meant.
[[nodiscard]] std::string choose_socket_path(const SocketPathClues& clues);

}  // namespace dsn::local
