// SPDX-License-Identifier: Apache-2.0
// Small networks from the outside: they meet, share, repair.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {
namespace {

Value number(double value) { return Value::real(value); }

TEST(Network, TwoNodesMeetByMulticastAndShare) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  net.set(a, "room/temperature", number(21.4));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 3s));
  EXPECT_EQ(net.read(b, a, "room/temperature"), number(21.4));
  net.set(a, "room/temperature", number(21.5));
  net.run_for(5ms);
  EXPECT_EQ(net.read(b, a, "room/temperature"), number(21.5));
  net.unset(a, "room/temperature");
  net.run_for(5ms);
  EXPECT_FALSE(net.read(b, a, "room/temperature"));
}

TEST(Network, MeetsByBootstrapAloneAndLearnsTheOthersByExchange) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto coordinator = net.add("coordinator");
  for (int i = 0; i < 5; ++i) net.add("node" + std::to_string(i), {coordinator});
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 10s));
}

TEST(Network, TenNodesConvergeUnderThirtyPercentLoss) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    NetworkOptions options;
    options.seed = seed;
    options.loss = 0.3;
    VirtualNetwork net(options);
    for (std::size_t i = 0; i < 10; ++i) {
      net.add("node" + std::to_string(i));
      for (int key = 0; key < 50; ++key) {
        net.set(i, "key" + std::to_string(key), number(static_cast<double>(key)));
      }
    }
    EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 60s)) << "seed " << seed;
  }
}

TEST(Network, ALostLastUpdateIsRepairedWithoutAnotherOne) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.cut = {{a, b}};
  net.set(a, "door", Value::boolean(true));
  net.run_for(100ms);
  ASSERT_FALSE(net.read(b, a, "door"));
  net.cut.clear();
  EXPECT_TRUE(net.run_until([&] { return net.read(b, a, "door").has_value(); }, 15s));
}

TEST(Network, ALateJoinerGetsFiftyKeysOfEachNodeAtOnce) {
  VirtualNetwork net;
  for (std::size_t i = 0; i < 5; ++i) {
    net.add("node" + std::to_string(i));
    for (int key = 0; key < 50; ++key) net.set(i, "key" + std::to_string(key), number(key));
  }
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
  net.add("late");
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 2s));
}

}  // namespace
}  // namespace dsn::test
