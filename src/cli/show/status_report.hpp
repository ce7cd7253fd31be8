// SPDX-License-Identifier: Apache-2.0
// The state of an agent in sections, as `dsn status` shows it.
#pragma once

#include <string>

#include "dsn/status.hpp"

namespace dsn::cli {

/// Counters that are zero are left out.
[[nodiscard]] std::string status_report(const AgentStatus& status, bool colour,
                                        bool all_counters = false);

}  // namespace dsn::cli
