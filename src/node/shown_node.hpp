// SPDX-License-Identifier: Apache-2.0
// One node as an operator sees it: its label, its state and the reason of it, and how it was found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "dsn/client.hpp"

namespace dsn::node {

/// The state of a node, this one or another, and what its readings are judged by.
struct ShownNode {
  NodeId id;
  NodeId owner;  ///< the node that owns its keys: itself, unless it is a subnode
  std::string name;
  std::string label;  ///< its name, or "name~id" in a conflict
  NodeState state = NodeState::self;
  NodeRole role = NodeRole::node;
  std::string reason;
  Duration since{};
  const core::EntryStore* store = nullptr;
  std::string prefix;  ///< of its keys in the store, if it is a subnode (node/subnodes.hpp)
  const core::HeldValues* held = nullptr;  ///< values that entries only name
  StateVersion version;
  std::string via = "self";
  Duration heard{};
  Instant clock_zero{};  ///< when its session clock was zero, in our time
  bool conflict = false;
  bool awaited = false;   ///< not heard since the start, and not gone yet
  bool outdated = false;  ///< its owner has a newer state, for which there is no room here
};

[[nodiscard]] ShownNode shown_self(const core::Node& node);
[[nodiscard]] ShownNode shown_peer(const core::Node& node, const core::Peer& peer, Instant now);

/// Those that should be there and of which nothing is known.
[[nodiscard]] std::vector<ShownNode> shown_expected(const core::Node& node, Instant now);
/// The one of them that an id stands for.
[[nodiscard]] std::optional<ShownNode> find_expected(const core::Node& node, const NodeId& id,
                                                     Instant now);

/// Where the node is reached, or was in an earlier run; empty if that is not known.
[[nodiscard]] std::string address_text(const core::Peer& peer);
/// How the node was found: "mcast4@eth0", "bootstrap(coordinator.local)", "gossip(attic)" ...
[[nodiscard]] std::string rung_text(const core::Peer& peer);
/// The same, or "via coop" while only others hear the node, and coop told of it last.
[[nodiscard]] std::string via_text(const core::Node& node, const core::Peer& peer);

}  // namespace dsn::node
