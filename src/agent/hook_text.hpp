// SPDX-License-Identifier: Apache-2.0
// What a hook tells its program and its file. All of it may come from a hostile member: it is never
// part of a command line, has no control characters, and is cut.
#pragma once

#include <string>
#include <vector>

#include "agent/hook_rule.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::agent {

inline constexpr std::size_t kHookTextBytesMax = 4096;

/// DSN_HOOK, DSN_EVENT, DSN_NODE ... as "NAME=value"; those that do not apply are empty.
[[nodiscard]] std::vector<std::string> environment_of(const std::string& hook,
                                                      const HookEvent& event, Instant now);

/// One line: the value of a reading, or the name of a node and what became of it.
[[nodiscard]] std::string value_line(const HookEvent& event);

/// One line: an object with everything.
[[nodiscard]] std::string json_line(const std::string& hook, const HookEvent& event, Instant now,
                                    const local::WallClock& clock);

}  // namespace dsn::agent
