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

class StrangerBudget {
 public:
  explicit StrangerBudget(double operations_per_second)
      : operations_(operations_per_second, kStrangerOperationsAtOnce) {}

  /// Whether this frame is opened. Multicast has a budget of its own: where a thousand nodes boot
  /// at once, their HELLOs to all must not keep out the answers to ours. So have the addresses
  /// where a node is known to be.
  [[nodiscard]] bool may_open(const Arrival& arrival, bool known, Instant now);
  /// Whether an operation with a public key is spent on what came from this address: an ECDH, or
  /// the verification of an own head.
  [[nodiscard]] bool may_compute(const Arrival& arrival, Instant now);

 private:
  struct Address {
    Endpoint endpoint;
    TokenBucket frames{kStrangersPerAddressPerSecond};
    TokenBucket operations{kStrangerOperationsPerAddressPerSecond};
  };
  Address& address_of(const Arrival& arrival);

  TokenBucket known_{kStrangersPerSecond};
  TokenBucket unicast_{kStrangersPerSecond};
  TokenBucket multicast_{kMulticastStrangersPerSecond};
  TokenBucket operations_;
  std::list<Address> addresses_;  // the one that was used last comes first
  std::unordered_map<Endpoint, std::list<Address>::iterator, EndpointHash> by_endpoint_;
};

}  // namespace dsn::core
