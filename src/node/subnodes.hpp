// SPDX-License-Identifier: Apache-2.0
// Subnodes: devices that run no node of their own, for which a node publishes. Their keys are keys
// of that node, with "@NAME/" before them; to readers each is a node of its own, as "attic.esp1".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "node/shown_node.hpp"

namespace dsn::node {

/// What a key of a subnode begins with.
inline constexpr char kSubnodeMark = '@';

/// The key of its node under which a key of a subnode is kept.
[[nodiscard]] std::string key_at_node(std::string_view subnode, std::string_view key);

/// Whether a name that is shown is that of a subnode: no other has a dot.
[[nodiscard]] inline bool is_subnode_name(std::string_view shown) {
  return shown.find('.') != std::string_view::npos;
}

/// Whether a device may have this name: that of a node, or several with dots in between, of which
/// the later ones are behind the earlier ones.
[[nodiscard]] bool is_subnode(std::string_view name);

/// The subnode to which a key of a node belongs; nothing if it is the node's own.
[[nodiscard]] std::optional<std::string_view> subnode_of(std::string_view key);

/// The key that it has there.
[[nodiscard]] std::optional<std::string_view> key_of_subnode(std::string_view key);

/// The identity by which the local API knows a subnode. Nothing proves it: the node does.
[[nodiscard]] NodeId subnode_id(const NodeId& node, std::string_view subnode);

/// A subnode is gone when it was not heard for so many times its maximum age.
inline constexpr int kSubnodeGoneAfter = 3;

/// A subnode of a node, as it is shown. It is late when all of its readings that can be late are,
/// and gone after three times their maximum age.
[[nodiscard]] ShownNode shown_subnode(const ShownNode& node, std::string_view subnode, Instant now);
/// All that a node has.
[[nodiscard]] std::vector<ShownNode> subnodes_of(const ShownNode& node, Instant now);
/// The one with this identity.
[[nodiscard]] std::optional<ShownNode> find_subnode(const ShownNode& node, const NodeId& id,
                                                    Instant now);

}  // namespace dsn::node
