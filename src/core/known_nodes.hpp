// SPDX-License-Identifier: Apache-2.0
// What is kept of other nodes from run to run: their names, and how far they had got.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

class KnownNodes {
 public:
  KnownNodes(CryptoPort& crypto, const LocalNode& self, const NetworkId& network, PeerTable& peers,
             Names& names)
      : crypto_(crypto), self_(self), network_(network), peers_(peers), names_(names) {}

  /// Takes what an earlier run kept.
  void remember(const KnownNode& known, Instant now);
  /// What the next run should know, in no particular order.
  [[nodiscard]] std::vector<KnownNode> all() const;

 private:
  CryptoPort& crypto_;
  const LocalNode& self_;
  const NetworkId network_;
  PeerTable& peers_;
  Names& names_;
};

}  // namespace dsn::core
