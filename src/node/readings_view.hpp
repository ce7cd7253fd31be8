// SPDX-License-Identifier: Apache-2.0
// What the core holds, as the local API asks for it: nodes, keys, readings and events.
#pragma once

#include <cstdint>
#include <functional>
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

/// The nodes that a name or an id selects, this one included, or all of them; sorted by name and
/// id. A name selects the node to which it belongs, or, if it belongs to none, all nodes that go by
/// it.
[[nodiscard]] std::vector<NodeId> find_nodes(const core::Node& node,
                                             const std::optional<std::string>& wanted, Instant now);
/// Nothing if there is no such node.
[[nodiscard]] std::optional<NodeInfo> find_info(const core::Node& node, const NodeId& id,
                                                Instant now);
/// The keys of a node, sorted.
[[nodiscard]] std::vector<std::string> list_keys(const core::Node& node, const NodeId& id);
/// The node that owns a key, and the key as it has it: another one if it is of a subnode.
struct OwnedKey {
  NodeId owner;
  std::string key;
};
[[nodiscard]] OwnedKey owned_key(const core::Node& node, const NodeId& id, const std::string& key,
                                 Instant now);
/// Nothing if there is none.
[[nodiscard]] std::optional<Reading> find_reading(const core::Node& node, const NodeId& id,
                                                  const std::string& key, Instant now);

/// The readings that a query selects, sorted by node name, id and key: of a few nodes, since all of
/// them are in memory at once.
[[nodiscard]] std::vector<Reading> list_readings(const core::Node& node, const ReadQuery& query,
                                                 Instant now);
/// All nodes, this one included, sorted by name and id.
[[nodiscard]] std::vector<NodeInfo> list_nodes(const core::Node& node, Instant now);

/// An event of the core for the local API, with the reading if it is an update. Nothing if the
/// reading has been removed since.
[[nodiscard]] std::optional<NodeEvent> describe_event(const core::Node& node,
                                                      const core::CoreEvent& event, Instant now);
/// Tells the present as events: an update for each reading, and late or gone for each node that is
/// so. An update is first shown to `wants` without its reading, which takes time to compose, and
/// told if that returns true.
void tell_present(const core::Node& node, Instant now,
                  const std::function<bool(const NodeEvent&)>& wants,
                  const std::function<void(const NodeEvent&)>& tell);

}  // namespace dsn::node
