// SPDX-License-Identifier: Apache-2.0
// The nodes that are heard, and with which no contact comes about.
#pragma once

#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"

namespace dsn::node {

/// Sorted by name. A node that was just heard is not among them: it may still come in. Nor is any
/// but those that the whitelist leaves out while strangers have to wait for their turn.
[[nodiscard]] std::vector<HalfMetNode> half_met(const core::Node& node, Instant now);

}  // namespace dsn::node
