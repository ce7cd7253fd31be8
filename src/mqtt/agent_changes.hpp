// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "dsn/client.hpp"

namespace dsn::mqtt {

/// Keys that are to be set and removed at the agent.
struct AgentChanges {
  /// So many of each the agent takes at a time.
  static constexpr std::size_t kMax = 256;
  std::vector<SetRequest> set;
  std::vector<std::string> removed;
};

/// Called with a key that the agent does not take, and why.
using Refused = std::function<void(const SetRequest& entry, const std::string& why)>;

/// Makes the changes. An error ends the connection; what is refused is none, and the others are
/// set.
[[nodiscard]] Result<void> apply(const AgentChanges& changes, Client& agent,
                                 const Refused& refused);

}  // namespace dsn::mqtt
