// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

namespace {

constexpr std::uint64_t kSeeds = 20;

NetworkOptions seeded(std::uint64_t seed) {
  NetworkOptions options;
  options.seed = seed;
  return options;
}

}  // namespace

// No node sees a change of a link when two switches are plugged together elsewhere.
// protocol.md [hello-at-rest]
TEST(Scenario, TwoSwitchesThatAreJoinedAfterTenQuietMinutesMeetWithinAMinute) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const std::size_t nodes_each : {1U, 4U}) {
      VirtualNetwork net(seeded(seed));
      for (std::size_t i = 0; i < 2 * nodes_each; ++i) {
        for (std::size_t other = 0; other < 2 * nodes_each; ++other) {
          if (i % 2 != other % 2) net.cut.insert({i, other});
        }
        net.add("node" + std::to_string(i));
      }
      net.run_for(10min);
      ASSERT_FALSE(net.all_meet());
      net.cut.clear();
      EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 60s)) << "seed " << seed;
    }
  }
}

// An access point that lets nothing out to groups: the newcomer can only answer.
// protocol.md [hello-at-rest]
TEST(Scenario, ANewcomerWhoseMulticastsAreDroppedIsMetWithinAMinute) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const std::size_t others : {1U, 5U}) {
      VirtualNetwork net(seeded(seed));
      for (std::size_t i = 0; i < others; ++i) net.add("node" + std::to_string(i));
      net.run_for(10min);
      for (std::size_t i = 0; i < others; ++i) net.cut_multicast.insert({others, i});
      net.add("newcomer");
      EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 60s)) << "seed " << seed;
    }
  }
}

}  // namespace dsn::test
