// SPDX-License-Identifier: Apache-2.0
// One warning per cause for what is otherwise only counted.
#pragma once

#include <string>
#include <vector>

#include "core/common/counters.hpp"

namespace dsn::agent {

/// Watches the counters that show a fault of the network: a wrong key, a flood, a full table. Logs
/// each once in the life of the process; afterwards it is among the warnings of `dsn status`.
class CauseLog {
 public:
  void look(const core::Counters& counters);
  /// What has been logged, with the present counts.
  [[nodiscard]] std::vector<std::string> warnings(const core::Counters& counters) const;

 private:
  std::uint32_t warned_ = 0;  // a bit per cause
};

}  // namespace dsn::agent
