// SPDX-License-Identifier: Apache-2.0
// Limits how many GROUP frames are opened. Each may cost a key derivation and an ECDH, and anybody
// can send them.
#pragma once

#include <list>
#include <unordered_map>

#include "core/common/arrival.hpp"
#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"

namespace dsn::core {

class StrangerGate {
 public:
  /// Whether this frame is opened. Multicast has a budget of its own: where a thousand nodes boot
  /// at once, their HELLOs to all must not keep out the answers to ours.
  [[nodiscard]] bool let_in(const Arrival& arrival, Instant now);

 private:
  struct Address {
    Endpoint endpoint;
    TokenBucket bucket{kStrangersPerAddressPerSecond};
  };
  Address& address_of(const Arrival& arrival);

  TokenBucket unicast_{kStrangersPerSecond};
  TokenBucket multicast_{kMulticastStrangersPerSecond};
  std::list<Address> addresses_;  // the one that was used last comes first
  std::unordered_map<Endpoint, std::list<Address>::iterator, EndpointHash> by_endpoint_;
};

}  // namespace dsn::core
