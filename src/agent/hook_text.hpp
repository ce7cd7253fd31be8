// SPDX-License-Identifier: Apache-2.0
// The texts that a hook hands to its program or writes to its file. They may come from a hostile
// member: they are never part of a command line, have no control characters, and are cut.
#pragma once

#include <string>
#include <vector>

#include "agent/hook_rule.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::agent {

/// Where a text is cut.
inline constexpr std::size_t kHookTextBytesMax = 4096;

/// DSN_HOOK, DSN_EVENT, DSN_NODE ... as "NAME=value". The value of those that do not apply is
/// empty.
[[nodiscard]] std::vector<std::string> environment_of(const std::string& hook,
                                                      const HookEvent& event, Instant now);

/// What its program reads from its standard input: the payload of a message as JSON, in a line.
[[nodiscard]] std::string input_of(const HookEvent& event);

/// One line: the value of a reading, the payload of a message, or the name of a node and what
/// became of it.
[[nodiscard]] std::string value_line(const HookEvent& event);

/// One line: a JSON object with the event and its reading.
[[nodiscard]] std::string json_line(const std::string& hook, const HookEvent& event, Instant now,
                                    const local::WallClock& clock);

}  // namespace dsn::agent
