// SPDX-License-Identifier: Apache-2.0
// What the core holds, as the local API shows it: with ages, freshness and states.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "dsn/client.hpp"
#include "dsn/reading.hpp"

namespace dsn::node {

/// The other nodes.
struct NodeCounts {
  std::uint32_t known = 0;
  std::uint32_t live = 0;
};
[[nodiscard]] NodeCounts count_nodes(const core::Node& node);
/// The keys that this node holds: its own, and those of all nodes that are shown.
[[nodiscard]] std::uint32_t count_keys(const core::Node& node);

/// The readings that a query selects, sorted by node name, id and key.
[[nodiscard]] std::vector<Reading> list_readings(const core::Node& node, const ReadQuery& query,
                                                 Instant now);
/// All nodes, this one included, sorted by name and id.
[[nodiscard]] std::vector<NodeInfo> list_nodes(const core::Node& node, Instant now);

/// One reading, by the id of its node; nothing if there is none.
[[nodiscard]] std::optional<Reading> find_reading(const core::Node& node,
                                                  const std::string& node_id,
                                                  const std::string& key, Instant now);

/// An event of the core for the local API, with the reading if it is an update. Nothing if the
/// reading has been removed since.
[[nodiscard]] std::optional<NodeEvent> describe_event(const core::Node& node,
                                                      const core::CoreEvent& event, Instant now);
/// The present as events: an update for each reading, and late or gone for each node that is so.
[[nodiscard]] std::vector<NodeEvent> describe_present(const core::Node& node, Instant now);

/// "mcast4@eth0", "bootstrap(coordinator.local)", "gossip(attic)" ...
[[nodiscard]] std::string via_text(const core::Peer& peer);

}  // namespace dsn::node
