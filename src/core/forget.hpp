// SPDX-License-Identifier: Apache-2.0
// Erases what is held of a node, as an operator wishes.
#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/join/discovery.hpp"
#include "core/peers/name_owners.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// What became of the wish to forget a node.
enum class Forgotten : std::uint8_t {
  done,
  name_moved,   ///< the node is live, and the name that it was in conflict about belongs to it now
  is_unknown,   ///< nothing is known of it
  is_present,   ///< refused: the node is live, or will be back
  is_self,      ///< refused: it is this node
  is_own_name,  ///< refused: the node is live under this node's own name
};

/// Erases what is held of a node that is gone or left, and frees its name. If the node is live and
/// its name is pinned to another node, re-pins the name to this one (Forgotten::name_moved).
Forgotten forget_node(const NodeId& id, const LocalNode& self, PeerTable& peers, NameOwners& names,
                      Discovery& discovery, Instant now);

}  // namespace dsn::core
