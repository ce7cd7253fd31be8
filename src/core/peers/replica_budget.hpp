// SPDX-License-Identifier: Apache-2.0
// Limits the memory that the states of all other nodes take together.
#pragma once

#include "core/common/limits.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

class ReplicaBudget {
 public:
  explicit ReplicaBudget(const PeerTable& peers) : peers_(peers) {}

  /// Takes so many bytes more, if there is room. With a thousand states it takes a while to count
  /// them, so that is done only when the sum of all that was ever taken reaches the limit.
  [[nodiscard]] bool take(std::size_t bytes) {
    if (at_most_ + bytes > kReplicaBytesMax) at_most_ = in_use();
    if (at_most_ + bytes > kReplicaBytesMax) return false;
    at_most_ += bytes;
    return true;
  }
  /// The bytes of replicas, and of checkpoints that are no longer replicas.
  [[nodiscard]] std::size_t in_use() const {
    std::size_t bytes = 0;
    for (const auto& peer : peers_.all()) {
      bytes += peer->copy.replica.store().encoded_bytes() + peer->copy.set_aside.canonical.size();
      if (peer->copy.checkpoint) bytes += peer->copy.checkpoint->copy.canonical.size();
    }
    return bytes;
  }

 private:
  const PeerTable& peers_;
  std::size_t at_most_ = 0;
};

}  // namespace dsn::core
