// SPDX-License-Identifier: Apache-2.0
// Limits how many frames answer the questions of peers (docs/protocol.md, section 9).
#pragma once

#include <list>

#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/peer.hpp"

namespace dsn::core {

/// A peer has its share, so has the address that it is at, for identities cost nothing, and there
/// is a limit for all together. Who has had its share takes nothing from the others.
class AnswerBudget {
 public:
  /// Whether one more frame may answer the peer now.
  [[nodiscard]] bool take(Peer& peer, Instant now);

 private:
  struct Address {
    Endpoint machine;
    TokenBucket answers{kAnswersPerAddressPerSecond};
  };
  Address& address_of(const Peer& peer);

  TokenBucket all_{kAnswersPerSecond};
  std::list<Address> addresses_;  // the one that was used last comes first
};

}  // namespace dsn::core
