// SPDX-License-Identifier: Apache-2.0
// Which incarnation each peer has reached, and the signed head that proves it
// (docs/protocol.md, section 6.1).
#pragma once

#include "core/peers/peer_table.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

/// A node's own word in its own session says which incarnation this is. A signed head is kept to
/// show it to the node, should it come back without its memory. Writes Peer::run.
class Incarnations {
 public:
  explicit Incarnations(PeerTable& peers) : peers_(peers) {}

  /// Whether `proof`, the newest head that is held of a node, shows that this session of it is one
  /// that it has left behind.
  [[nodiscard]] static bool is_stale(const StoredHead& proof, std::uint32_t incarnation,
                                     SessionId session);
  /// The peer said that this is its incarnation.
  static void began(Peer& peer, std::uint32_t incarnation);
  /// The peer itself spoke of this incarnation.
  static void reached(Peer& peer, std::uint32_t incarnation);
  /// The peer showed its head in its session.
  static void take_head(Peer& peer, const StoredHead& head);
  /// A verified head came from a relay, with its state.
  void take_relayed(Peer& peer, const StoredHead& head);

 private:
  PeerTable& peers_;
};

}  // namespace dsn::core
