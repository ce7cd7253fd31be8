// SPDX-License-Identifier: Apache-2.0
// What an examination of the whole network found. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dsn/status.hpp"

namespace dsn {

/// Something that is wrong, and who noticed it.
struct NetworkFinding {
  Warning warning{};
  std::vector<std::string> nodes{};  ///< that report it, sorted by name
};

struct Examination {
  std::uint32_t nodes = 0;                 ///< that were asked, the local one included
  std::uint32_t answered = 0;              ///< of them
  std::vector<NetworkFinding> findings{};  ///< sorted by code, then what it is about
};

}  // namespace dsn
