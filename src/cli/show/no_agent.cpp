// SPDX-License-Identifier: Apache-2.0
#include "cli/show/no_agent.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace dsn::cli {
namespace {

/// Where a package, `meson install` and an operator put the unit of the service.
constexpr auto kUnitFolders = std::to_array<std::string_view>(
    {"/lib/systemd/system", "/usr/local/lib/systemd/system", "/etc/systemd/system"});

}  // namespace

bool has_service(const std::string& root) {
  return std::ranges::any_of(kUnitFolders, [&](std::string_view folder) {
    const std::string unit = root + std::string(folder) + "/dsn-agent.service";
    return ::access(unit.c_str(), F_OK) == 0;
  });
}

std::string no_agent_text(const Error& error, bool service) {
  if (error.code == ErrorCode::permission_denied) {
    return error.message +
           "; join the group of the agent: sudo usermod -aG dsn $USER (then log in again)";
  }
  if (service) {
    return "the agent is not running. Start it: sudo systemctl start dsn-agent. "
           "Why it ended: systemctl status dsn-agent";
  }
  return error.message +
         "; start one: sudo dsn-agent (before that, on a new node: sudo dsn init), or try "
         "without: dsn demo";
}

}  // namespace dsn::cli
