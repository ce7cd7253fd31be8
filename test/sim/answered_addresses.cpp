// SPDX-License-Identifier: Apache-2.0
#include "sim/answered_addresses.hpp"

#include <algorithm>

namespace dsn::sim {

bool AnsweredAddresses::is_hello(ByteView datagram) {
  return datagram.size() >= kHelloBytes - 3 && datagram[0] >> 6 == 0;
}

void AnsweredAddresses::note_arrival(std::size_t to, const Endpoint& from, ByteView datagram) {
  credit_[{to, from}] += (is_hello(datagram) ? 1 : kMovedBytesFactor) * datagram.size();
  Address& there = address(to, from);
  there.came += datagram.size();
  there.answered |= there.reached;
  for (std::size_t i = 0; i < net_.size(); ++i) {
    if (net_[i].endpoint == from && net_[i].node) note_reached(i, net_[to].endpoint);
  }
}

bool AnsweredAddresses::may_send(std::size_t from, const Endpoint& to, std::size_t bytes) {
  Address& there = address(from, to);
  there.sent += bytes;
  return there.answered || there.sent <= kMovedBytesFactor * there.came;
}

bool AnsweredAddresses::may_send_unproven(std::size_t from, const Endpoint& to, std::size_t bytes) {
  std::size_t& credit = credit_[{from, to}];
  const bool may = bytes <= credit;
  credit -= std::min(credit, bytes);
  return may;
}

}  // namespace dsn::sim
