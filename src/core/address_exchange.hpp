// SPDX-License-Identifier: Apache-2.0
// Tells peers where other nodes are, and takes in what they tell (docs/protocol.md, section 6.5).
#pragma once

#include <span>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/join/hearsay.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class AddressExchange {
 public:
  AddressExchange(const LocalNode& self, PeerTable& peers, Hearsay& hearsay, Outbox& outbox,
                  Random& random)
      : self_(self), peers_(peers), hearsay_(hearsay), outbox_(outbox), random_(random) {}

  /// The peer asks where some nodes are.
  void handle_who(Peer& peer, const wire::Who& who, Effects& effects);
  /// The peer tells where some nodes are: HELLOs may go there.
  void handle_peers(Peer& peer, const wire::PeerAddresses& peers, Instant now);
  /// Tells the peer the addresses of some members, drawn at random.
  void send_sample(Peer& peer, Effects& effects);

 private:
  void send(Peer& to, std::span<const Peer* const> peers, Effects& effects);

  const LocalNode& self_;
  PeerTable& peers_;
  Hearsay& hearsay_;
  Outbox& outbox_;
  Random& random_;
};

}  // namespace dsn::core
