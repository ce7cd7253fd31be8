// SPDX-License-Identifier: Apache-2.0
// How many connections each user may have (docs/local-api.md, section "Limits").
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dsn::local {

/// The most connections at a time, of all users together.
inline constexpr std::size_t kConnectionsMax = 64;
/// Of these, so many are for root and the agent's own user alone.
inline constexpr std::size_t kConnectionsKept = 8;
/// The most connections of any other user.
inline constexpr std::size_t kConnectionsOfUserMax = 16;

/// Why one more connection of `user` is refused and what to do about it, in words for that user;
/// nothing if there is room. `present` has the user of each connection.
[[nodiscard]] std::optional<std::string> connection_refusal(const std::vector<uid_t>& present,
                                                            uid_t user, uid_t agent_user);

}  // namespace dsn::local
