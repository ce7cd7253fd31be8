// SPDX-License-Identifier: Apache-2.0
// What is kept of other nodes from run to run: their names, and how far they had got.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/join/discovery.hpp"
#include "core/peers/names.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/crypto_port.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// What is to be remembered of another node from run to run.
struct KnownNode {
  PublicKey key{};
  std::string name;               ///< the name that belongs to it; empty if none does
  std::uint32_t incarnation = 0;  ///< the highest that it has spoken of itself
  /// The signed head that proves `incarnation`; empty if there is none. It is sent back as OWNHEAD
  /// to a node that lost its state, so that it can raise its own incarnation.
  Bytes head;
  Signature signature{};
  /// Of a node that was forgotten: nothing older is taken of it from relays.
  HighWater reached;
};

/// What became of the wish to forget a node.
enum class Forgotten : std::uint8_t {
  done,
  name_moved,   ///< the node is live, and the name that it was in conflict about belongs to it now
  is_unknown,   ///< nothing is known of it
  is_present,   ///< refused: the node is live, or will be back
  is_self,      ///< refused: it is this node
  is_own_name,  ///< refused: the node is live under this node's own name
};

class KnownNodes {
 public:
  KnownNodes(CryptoPort& crypto, const LocalNode& self, const NetworkId& network, PeerTable& peers,
             Names& names, Discovery& discovery)
      : crypto_(crypto),
        self_(self),
        network_(network),
        peers_(peers),
        names_(names),
        discovery_(discovery) {}

  /// Takes what an earlier run kept.
  void remember(const KnownNode& known, Instant now);
  /// What the next run should know, in no particular order.
  [[nodiscard]] std::vector<KnownNode> all() const;

  /// Erases what is held of a node that is gone or left, and frees its name. If the node is live
  /// and its name is pinned to another node, re-pins the name to this one (Forgotten::name_moved).
  Forgotten forget(const NodeId& id, Instant now);

 private:
  CryptoPort& crypto_;
  const LocalNode& self_;
  const NetworkId network_;
  PeerTable& peers_;
  Names& names_;
  Discovery& discovery_;
};

}  // namespace dsn::core
