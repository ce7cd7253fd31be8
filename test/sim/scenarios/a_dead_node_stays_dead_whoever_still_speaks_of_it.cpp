// SPDX-License-Identifier: Apache-2.0
// Dead nodes came back in others by the hearsay of those who did not know yet (chitchat#23).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

TEST(Scenario, ADeadNodeStaysDeadWhoeverStillSpeaksOfIt) {
  VirtualNetwork net;
  for (int i = 0; i < 6; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  const NodeId dead = net.node(0).self().id();
  // The others lose it at different times, and tell each other of it until then.
  for (std::size_t i = 1; i < 6; ++i) {
    net.cut.insert({0, i});
    net.run_for(3s);
  }
  net.kill(0);
  net.run_for(30s);
  for (std::size_t i = 1; i < 6; ++i) {
    EXPECT_EQ(net[i].node->peers().find(dead)->life.state, PeerState::gone);
    EXPECT_EQ(net.events_of(i, CoreEvent::Kind::gone), 1U);
  }
  net.run_for(kRetain + 1h);
  for (std::size_t i = 1; i < 6; ++i) EXPECT_EQ(net[i].node->peers().find(dead), nullptr);
}

}  // namespace dsn::test
