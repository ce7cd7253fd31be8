// SPDX-License-Identifier: Apache-2.0
// Which name belongs to which node (docs/protocol.md, section 2.1). A name belongs to the node that
// proved it first. Another node with the same name is in conflict, and takes part all the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/effects.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Writes `name` and `named_in` of Peer.
class NameOwners {
 public:
  NameOwners(const LocalNode& self, const PeerTable& peers) : self_(self), peers_(peers) {}

  /// Others say that this is the name of the peer.
  static void relayed(Peer& peer, std::string_view name);

  /// Gives the name to this node, whichever node had it.
  void pin(std::string_view name, const NodeId& id, Instant now);
  /// The peer said in its session that this is its name: pins the name, or reports the conflict.
  void proven(Peer& peer, std::string_view name, Instant now, Effects& effects);

  /// The node that the name belongs to, this node itself included.
  [[nodiscard]] std::optional<NodeId> holder(std::string_view name) const;
  /// The name that belongs to a node other than this one; empty if none does.
  [[nodiscard]] std::string_view name_of(const NodeId& id) const;
  /// Whether the name belongs to another node.
  [[nodiscard]] bool conflicts(const NodeId& id, std::string_view name) const;
  [[nodiscard]] bool conflicts(const Peer& peer) const { return conflicts(peer.id, peer.name); }

  /// Takes the name that is pinned to this node from it. A live node that has proved the same name
  /// gets it.
  void release(const NodeId& id, Instant now);

 private:
  struct Pin {
    NodeId id;
    Instant since{};
  };
  void make_room();

  const LocalNode& self_;
  const PeerTable& peers_;
  std::unordered_map<std::string, Pin> pins_;
  std::unordered_map<NodeId, std::string, NodeIdHash> names_;  // the name that each id has pinned
};

}  // namespace dsn::core
