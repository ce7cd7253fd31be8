// SPDX-License-Identifier: Apache-2.0
// What is wrong between this node and single other nodes.
#pragma once

#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"

namespace dsn::node {

/// Nodes that are heard and do not come in, two at one address, and bad links. `port` is that of
/// this node.
[[nodiscard]] std::vector<Warning> peer_warnings(const core::Node& node, std::uint16_t port,
                                                 Instant now);

}  // namespace dsn::node
