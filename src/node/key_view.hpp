// SPDX-License-Identifier: Apache-2.0
// What programs see of the network's keys, and how they give a new one.
#pragma once

#include <vector>

#include "dsn/network_keys.hpp"
#include "dsn/result.hpp"
#include "dsn/status.hpp"
#include "node/node_runtime.hpp"

namespace dsn::node {

[[nodiscard]] KeyStatus key_status(const NodeRuntime& node, Instant now);

/// What is wrong with the keys of the network.
[[nodiscard]] std::vector<Warning> key_warnings(const NodeRuntime& node);

/// Has the node take a new key and hand it on. The Error says why it does not.
[[nodiscard]] Result<void> take_rotation(NodeRuntime& node, const KeyRotation& rotation);

}  // namespace dsn::node
