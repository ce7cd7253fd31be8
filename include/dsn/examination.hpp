// SPDX-License-Identifier: Apache-2.0
// What an examination of the whole network found. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsn/reading.hpp"
#include "dsn/status.hpp"

namespace dsn {

/// Something that is wrong, and who noticed it.
struct NetworkFinding {
  Warning warning{};
  std::vector<std::string> nodes{};  ///< that report it, sorted by name
};

/// A node that could not be asked.
struct AbsentNode {
  std::string node{};  ///< its label
  NodeState state = NodeState::gone;
};

struct Examination {
  std::uint32_t nodes = 0;     ///< of the network, the local one and those that are absent included
  std::uint32_t answered = 0;  ///< of them
  std::vector<AbsentNode> absent{};  ///< sorted by name; those that left for good are not here
  std::vector<NetworkFinding> findings{};  ///< sorted by code, then what it is about
};

}  // namespace dsn
