// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

// A node that stops while it gets to know the others: some have accepted its session, and it does
// not know that yet. protocol.md [bye-knocked]
TEST(Scenario, AGoodByeInTheFirstSecondReachesEverybody) {
  VirtualNetwork net;
  net.options.multicast = false;
  const std::size_t first = net.add("n0");
  for (int i = 1; i < 12; ++i) net.add("n" + std::to_string(i), {first});
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
  const std::size_t others = net.size();
  for (int after_ms = 0; after_ms < 25; ++after_ms) {
    const std::size_t guest = net.add("x" + std::to_string(after_ms), {first});
    const NodeId id = net.node(guest).self().id();
    const auto is_shown = [&](std::size_t by) {
      const Peer* peer = net.node(by).peers().find(id);
      return peer != nullptr && peer->reachable();
    };
    ASSERT_TRUE(net.run_until([&] { return is_shown(first); }, 10s));
    net.run_for(std::chrono::milliseconds(after_ms));
    net.stop(guest, after_ms % 2 == 0 ? ByeReason::leaving : ByeReason::restarting);
    net.run_for(50ms);
    for (std::size_t i = 0; i < others; ++i) {
      EXPECT_FALSE(is_shown(i)) << "by " << i << ", stopped " << after_ms << " ms after n0 knew it";
      EXPECT_EQ(net.events_of(i, CoreEvent::Kind::gone), 0U);
    }
  }
}

}  // namespace
}  // namespace dsn::test
