// SPDX-License-Identifier: Apache-2.0
#include "core/peers/answer_budget.hpp"

#include <algorithm>

namespace dsn::core {

// protocol.md [answer-rate] [answer-share]
bool AnswerBudget::take(Peer& peer, Instant now) {
  if (!peer.answers.take(now)) return false;
  return address_of(peer).answers.take(now) && all_.take(now);
}

AnswerBudget::Address& AnswerBudget::address_of(const Peer& peer) {
  const Endpoint machine = peer.path.endpoint.machine();
  const auto found = std::ranges::find(addresses_, machine, &Address::machine);
  if (found != addresses_.end()) {
    addresses_.splice(addresses_.begin(), addresses_, found);
  } else {
    if (addresses_.size() >= kAnswerAddressesMax) addresses_.pop_back();
    addresses_.push_front({.machine = machine});
  }
  return addresses_.front();
}

}  // namespace dsn::core
