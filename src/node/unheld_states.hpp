// SPDX-License-Identifier: Apache-2.0
// What an operator is told about states for which there is no room.
#pragma once

#include <string>
#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"

namespace dsn::node {

/// "no room for its newest state"; empty if it is held.
[[nodiscard]] std::string unheld_reason(const core::Peer& peer);

/// A sentence for each node whose state was refused or given up, with its size, since when, and
/// what to do. Of nodes that are gone only for those whose state others may still hand out.
[[nodiscard]] std::vector<Warning> memory_warnings(const core::Node& node, Instant now);

}  // namespace dsn::node
