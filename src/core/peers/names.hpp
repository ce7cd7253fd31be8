// SPDX-License-Identifier: Apache-2.0
// Who bears which name, and who is let in (docs/protocol.md, section 2.1). A name belongs to the
// node that proved it first; whoever bears it besides is in conflict, and is heard all the same.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "core/common/effects.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class Names {
 public:
  /// `whitelist` has names and ids (32 hexadecimal digits); empty: everybody is let in.
  Names(const LocalNode& self, const PeerTable& peers, const std::vector<std::string>& whitelist);

  /// The name belongs to this node from now on, whoever had it.
  void pin(std::string_view name, const NodeId& id, Instant now);

  [[nodiscard]] bool restricted() const { return restricted_; }
  /// Whether a node is let in that has this id and, if `proven`, bears this name.
  [[nodiscard]] bool admits(const NodeId& id, std::string_view name, bool proven) const;

  /// To be said whenever a peer may have proved its name: pins it, or reports the conflict.
  void look(Peer& peer, Instant now, Effects& effects);

  /// Who the name belongs to, this node itself included.
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
  bool restricted_;
  std::set<std::string, std::less<>> listed_names_;
  std::set<NodeId> listed_ids_;
  std::unordered_map<std::string, Pin> pins_;
  std::unordered_map<NodeId, std::string, NodeIdHash> names_;  // the name that each id has pinned
};

}  // namespace dsn::core
