// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/agent_user.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "config/default_file.hpp"

namespace dsn::cli {
namespace {

/// What systemd looks at, the first one that has the unit.
constexpr auto kUnits = std::to_array<std::string_view>({
    "/etc/systemd/system/dsn-agent.service",
    "/usr/local/lib/systemd/system/dsn-agent.service",
    "/lib/systemd/system/dsn-agent.service",
});
constexpr std::string_view kUser = "User=";

}  // namespace

std::string service_user(const std::string& config, const std::string& system_root) {
  if (geteuid() != 0 || config != system_root + config::kDefaultFile) return "";
  for (const std::string_view unit : kUnits) {
    std::ifstream file(system_root + std::string(unit));
    if (!file) continue;
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(kUser)) return line.substr(kUser.size());
    }
    return "";
  }
  return "";
}

Result<void> become(const std::string& user) {
  errno = 0;
  const passwd* const entry = getpwnam(user.c_str());
  if (entry == nullptr) return Error{"there is no user '" + user + "', as whom the service runs"};
  const gid_t group = entry->pw_gid;
  const uid_t id = entry->pw_uid;
  if (initgroups(user.c_str(), group) == 0 && setresgid(group, group, group) == 0 &&
      setresuid(id, id, id) == 0) {
    return {};
  }
  return Error{"cannot look as user '" + user + "': " + std::strerror(errno)};
}

}  // namespace dsn::cli
