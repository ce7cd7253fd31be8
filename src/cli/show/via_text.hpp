// SPDX-License-Identifier: Apache-2.0
// How a node was found, in words: docs/local-api.md has the table.
#pragma once

#include <string>
#include <string_view>

namespace dsn::cli {

/// "multicast on eth0" for "mcast4@eth0", "told by shed" for "gossip(shed)"; what is none of the
/// agent's words stays as it is. Safe to print.
[[nodiscard]] std::string via_text(std::string_view via);

/// "last heard 12s ago, multicast on eth0"
[[nodiscard]] std::string last_heard_text(const std::string& age, std::string_view via);

}  // namespace dsn::cli
