// SPDX-License-Identifier: Apache-2.0
// Limits the memory that the states of all other nodes take together, and shares it out
// (docs/protocol.md, section 9).
#pragma once

#include "core/common/limits.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// What is held of a node within its share of kReplicaShareBytes is its own. What nodes hold above
/// their shares is limited by `common` bytes together. A node that needs more than there is gets it
/// from nodes that are gone, and then from those that were met after it, the largest first.
class ReplicaBudget {
 public:
  ReplicaBudget(const PeerTable& peers, std::size_t common) : peers_(peers), common_(common) {}

  /// Whether the replica of the peer may be of so many bytes, with nobody giving way. It always may
  /// if that is no more than it has. The bytes are then taken.
  [[nodiscard]] bool take(const Peer& peer, std::size_t replica_bytes);
  /// Whether as many bytes more may be set aside of the peer. They are then taken.
  [[nodiscard]] bool take_copy(const Peer& peer, std::size_t bytes);
  /// Whether the replica may be of so many bytes once all have given way that give way to this
  /// peer, its own earlier states first. No peer: a node that is not known gets what is left.
  [[nodiscard]] bool could_take(const Peer* peer, std::size_t replica_bytes) const;
  /// The next one that gives its state up to this peer; null if there is none.
  [[nodiscard]] Peer* first_to_yield(const Peer& to) const;

  /// The bytes of replicas, and of checkpoints that are no longer replicas.
  [[nodiscard]] std::size_t in_use() const;

 private:
  [[nodiscard]] bool take_above(std::size_t now, std::size_t then);
  [[nodiscard]] std::size_t all_above() const;

  const PeerTable& peers_;
  const std::size_t common_;
  // Of all_above. With a thousand states it takes a while to count them, so that is done only when
  // the sum of all that was ever taken reaches the limit.
  std::size_t at_most_ = 0;
};

}  // namespace dsn::core
