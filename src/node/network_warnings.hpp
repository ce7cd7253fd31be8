// SPDX-License-Identifier: Apache-2.0
// What is wrong between this node and the network.
#pragma once

#include <vector>

#include "dsn/status.hpp"
#include "node/node_runtime.hpp"

namespace dsn::node {

/// What goes wrong now, the gravest first. Each ends when its cause does.
[[nodiscard]] std::vector<Warning> network_warnings(const NodeRuntime& node, Instant now);

}  // namespace dsn::node
