// SPDX-License-Identifier: Apache-2.0
// Its last beats went round among the others for a while, and were taken for younger than they
// were.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

namespace {

constexpr std::size_t kNodes = 20;
constexpr std::uint64_t kDeaths = 12;

}  // namespace

// protocol.md [beat-age] [relayed-patience]
TEST(Scenario, TheDeadAreGoneForAllWithinTwentySeconds) {
  for (std::uint64_t death = 0; death < kDeaths; ++death) {
    NetworkOptions options;
    options.seed = death + 1;
    VirtualNetwork net(options);
    for (std::size_t i = 0; i < kNodes; ++i) net.add("node" + std::to_string(i));
    ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
    net.run_for(3min + std::chrono::milliseconds(170 * death));
    const NodeId dead = net.node(0).self().id();
    net.kill(0);
    net.run_for(20s);
    for (std::size_t i = 1; i < kNodes; ++i) {
      EXPECT_EQ(net.node(i).peers().find(dead)->life.state, PeerState::gone)
          << "death " << death << " for node " << i;
    }
  }
}

}  // namespace dsn::test
