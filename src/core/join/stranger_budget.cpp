// SPDX-License-Identifier: Apache-2.0
#include "core/join/stranger_budget.hpp"

namespace dsn::core {

bool StrangerBudget::may_open(const Arrival& arrival, bool known, Instant now) {
  TokenBucket& all = arrival.multicast ? multicast_ : known ? known_ : unicast_;
  return address_of(arrival).frames.take(now) && all.take(now);
}

bool StrangerBudget::may_compute(const Arrival& arrival, Instant now) {
  return address_of(arrival).operations.take(now) && operations_.take(now);
}

StrangerBudget::Address& StrangerBudget::address_of(const Arrival& arrival) {
  const Endpoint endpoint = arrival.from.machine();
  if (const auto found = by_endpoint_.find(endpoint); found != by_endpoint_.end()) {
    addresses_.splice(addresses_.begin(), addresses_, found->second);
    return addresses_.front();
  }
  if (addresses_.size() >= kStrangerAddressesMax) {
    by_endpoint_.erase(addresses_.back().endpoint);
    addresses_.pop_back();
  }
  addresses_.push_front({.endpoint = endpoint});
  by_endpoint_[endpoint] = addresses_.begin();
  return addresses_.front();
}

}  // namespace dsn::core
