// SPDX-License-Identifier: Apache-2.0
// The configuration in the terms of src/node, which knows no configuration file.
#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "dsn/result.hpp"
#include "node/credentials.hpp"
#include "node/node_runtime.hpp"
#include "node/node_settings.hpp"

namespace dsn::embedded {

[[nodiscard]] std::vector<node::Database> databases(const config::Config& config);
/// What the node says when it is stopped.
[[nodiscard]] wire::Bye usual_bye(const config::Config& config);
[[nodiscard]] node::NodeSettings node_settings(const config::Config& config);
[[nodiscard]] std::vector<node::BootstrapNode> bootstrap_nodes(const config::Config& config);

/// The identity from the credential folder, and the network key from aes_key or aes_key_file.
/// `system_root` stands before the paths that name this machine. `adopt`: a key of another machine
/// is this machine's from now on.
[[nodiscard]] Result<node::Credentials> load_credentials(const config::Config& config,
                                                         const std::string& system_root,
                                                         bool adopt);

}  // namespace dsn::embedded
