// SPDX-License-Identifier: Apache-2.0
// As whom the agent runs.
#pragma once

#include <string>

#include "dsn/result.hpp"

namespace dsn::cli {

/// The user that the unit of the service names, if root asks about the configuration of the
/// service. Empty: whoever asks. `system_root` stands before the folders of units and before
/// /etc/dsn.
[[nodiscard]] std::string service_user(const std::string& config, const std::string& system_root);

/// Makes this process one of that user, with its groups, for good.
[[nodiscard]] Result<void> become(const std::string& user);

}  // namespace dsn::cli
