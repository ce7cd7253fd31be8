// SPDX-License-Identifier: Apache-2.0
#include "core/join/stranger_gate.hpp"

namespace dsn::core {

bool StrangerGate::let_in(const Arrival& arrival, Instant now) {
  TokenBucket& all = arrival.multicast ? multicast_ : unicast_;
  return address_of(arrival).bucket.take(now) && all.take(now);
}

StrangerGate::Address& StrangerGate::address_of(const Arrival& arrival) {
  Endpoint endpoint = arrival.from;
  // All nodes of this machine share its loopback address; there each port is a node.
  if (!endpoint.is_loopback()) endpoint.port = 0;
  if (const auto found = by_endpoint_.find(endpoint); found != by_endpoint_.end()) {
    addresses_.splice(addresses_.begin(), addresses_, found->second);
    return addresses_.front();
  }
  if (addresses_.size() >= kStrangerAddressesMax) {
    by_endpoint_.erase(addresses_.back().endpoint);
    addresses_.pop_back();
  }
  addresses_.push_front({endpoint, TokenBucket(kStrangersPerAddressPerSecond)});
  by_endpoint_[endpoint] = addresses_.begin();
  return addresses_.front();
}

}  // namespace dsn::core
