// SPDX-License-Identifier: Apache-2.0
#include "local/server/connection_limits.hpp"

#include <algorithm>

namespace dsn::local {
namespace {

std::string refusal(const std::string& who, std::size_t count) {
  return who + " " + std::to_string(count) +
         " connections to the agent, and there may be no more: end a program that is connected "
         "('sudo ss -xp' lists them), or ask as root";
}

}  // namespace

std::optional<std::string> connection_refusal(const std::vector<uid_t>& present, uid_t user,
                                              uid_t agent_user) {
  const auto is_kept_for = [agent_user](uid_t of) { return of == 0 || of == agent_user; };
  if (present.size() >= kConnectionsMax) return refusal("there are", present.size());
  if (is_kept_for(user)) return std::nullopt;
  const auto same = static_cast<std::size_t>(std::ranges::count(present, user));
  if (same >= kConnectionsOfUserMax) {
    return refusal("user " + std::to_string(user) + " has", same);
  }
  const auto others =
      present.size() - static_cast<std::size_t>(std::ranges::count_if(present, is_kept_for));
  if (others >= kConnectionsMax - kConnectionsKept) {
    return refusal("users other than root and the agent's own have", others);
  }
  return std::nullopt;
}

}  // namespace dsn::local
