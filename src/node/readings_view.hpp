// SPDX-License-Identifier: Apache-2.0
// What the core holds, as the local API shows it: with ages, freshness and states.
#pragma once

#include <string>
#include <vector>

#include "core/node.hpp"
#include "dsn/client.hpp"
#include "dsn/reading.hpp"

namespace dsn::node {

/// Sorted by node name, id and key.
[[nodiscard]] std::vector<Reading> readings(const core::Node& node, const ReadQuery& query,
                                            Instant now);
[[nodiscard]] std::vector<NodeInfo> nodes(const core::Node& node, Instant now);
/// With the reading, for an update; nothing if that is gone again.
[[nodiscard]] std::optional<NodeEvent> event(const core::Node& node, const core::CoreEvent& event,
                                             Instant now);

/// One reading, by the id of its node; nothing if there is none.
[[nodiscard]] std::optional<Reading> reading(const core::Node& node, const std::string& node_id,
                                             const std::string& key, Instant now);
/// All that is so now, as if it had just become so: readings, and nodes that are late or gone.
[[nodiscard]] std::vector<NodeEvent> present(const core::Node& node, Instant now);

/// "mcast4@eth0", "bootstrap(coordinator.local)", "gossip(attic)" ...
[[nodiscard]] std::string via_text(const core::Peer& peer);

}  // namespace dsn::node
