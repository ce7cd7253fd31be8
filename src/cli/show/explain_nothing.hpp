// SPDX-License-Identifier: Apache-2.0
// The message about a node or a key that the user asked for and that does not exist.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsn/client.hpp"

namespace dsn::cli {

/// Nothing if the empty answer to `query` is right: the node exists and has no keys. `nodes` are
/// all nodes, `of_node` the readings of the node that was asked for.
/// "no node 'attik' (did you mean 'attic'?); known: attic cellar shed"
[[nodiscard]] std::optional<std::string> explain_nothing(const ReadQuery& query,
                                                         const std::vector<NodeInfo>& nodes,
                                                         const std::vector<Reading>& of_node);

}  // namespace dsn::cli
