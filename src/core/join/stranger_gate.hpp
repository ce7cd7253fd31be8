// SPDX-License-Identifier: Apache-2.0
// Limits how many GROUP frames of members are opened: each costs a key derivation, and some an
// ECDH.
#pragma once

#include <list>
#include <unordered_map>

#include "core/common/arrival.hpp"
#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"

namespace dsn::core {

class StrangerGate {
 public:
  explicit StrangerGate(double agreements_per_second)
      : agreements_(agreements_per_second, kAgreementsAtOnce) {}

  /// Whether this frame is opened. Multicast has a budget of its own: where a thousand nodes boot
  /// at once, their HELLOs to all must not keep out the answers to ours. So have the addresses
  /// where a node is known to be.
  [[nodiscard]] bool let_in(const Arrival& arrival, bool known, Instant now);
  /// Whether an ECDH is spent on what came from this address.
  [[nodiscard]] bool may_agree(const Arrival& arrival, Instant now);

 private:
  struct Address {
    Endpoint endpoint;
    TokenBucket frames{kStrangersPerAddressPerSecond};
    TokenBucket agreements{kAgreementsPerAddressPerSecond};
  };
  Address& address_of(const Arrival& arrival);

  TokenBucket known_{kStrangersPerSecond};
  TokenBucket unicast_{kStrangersPerSecond};
  TokenBucket multicast_{kMulticastStrangersPerSecond};
  TokenBucket agreements_;
  std::list<Address> addresses_;  // the one that was used last comes first
  std::unordered_map<Endpoint, std::list<Address>::iterator, EndpointHash> by_endpoint_;
};

}  // namespace dsn::core
