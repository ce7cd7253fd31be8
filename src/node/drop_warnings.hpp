// SPDX-License-Identifier: Apache-2.0
// What is wrong with datagrams that were dropped, and who sent them.
#pragma once

#include <vector>

#include "core/node.hpp"
#include "dsn/status.hpp"

namespace dsn::node {

/// One for each cause that occurred in the last five minutes, often enough to mean something.
[[nodiscard]] std::vector<Warning> drop_warnings(const core::Node& node, Instant now);

}  // namespace dsn::node
