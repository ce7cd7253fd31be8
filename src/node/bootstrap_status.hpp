// SPDX-License-Identifier: Apache-2.0
// What became of the nodes of `bootstrap_nodes`.
#pragma once

#include <vector>

#include "dsn/status.hpp"
#include "node/node_runtime.hpp"

namespace dsn::node {

/// How a problem begins if nothing came back.
inline constexpr char kNoAnswer[] = "no answer";

/// One for each, in the order of the configuration.
[[nodiscard]] std::vector<BootstrapStatus> bootstrap_status(const NodeRuntime& node, Instant now);

}  // namespace dsn::node
