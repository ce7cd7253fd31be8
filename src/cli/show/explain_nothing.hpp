// SPDX-License-Identifier: Apache-2.0
// The message about a node or a key that the user asked for and that does not exist.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dsn/client.hpp"

namespace dsn::cli {

/// Nothing if the empty answer to `query` is right: a node and a key exist that it names, and the
/// rest of it selects none of them. `nodes` are all nodes, `of_node` the readings of the nodes that
/// were asked for.
/// "no node 'attik' (did you mean 'attic'?); known: attic cellar shed"
/// "no node 'temperature'; it is a key of 46 nodes: dsn-read '*' temperature", where `of_key` are
/// the readings of that key. "no node that fits 'sensor_*'; known: attic cellar shed"
[[nodiscard]] std::optional<std::string> explain_nothing(const ReadQuery& query,
                                                         const std::vector<NodeInfo>& nodes,
                                                         const std::vector<Reading>& of_node,
                                                         const std::vector<Reading>& of_key = {});

}  // namespace dsn::cli
