// SPDX-License-Identifier: Apache-2.0
// Small networks from the outside: they meet, share, repair.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/virtual_network.hpp"
#include "wire/messages.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

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

// protocol.md [mail-owner]
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
  net.run_for(5s);
  EXPECT_EQ(net.node(b).counters()[Counter::updates_out], 0U) << "it is not mailed on";
}

// The fake crypto does not hide what is said. protocol.md [message-reserved]
TEST(Network, NobodySendsAReservedMessage) {
  const std::set<std::uint64_t> known{1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                      11, 12, 15, 16, 17, 22, 23, 24, 25, 26};
  VirtualNetwork net;
  std::set<std::uint64_t> said;
  net.filter = [&](std::size_t, const Endpoint&, ByteView bytes) {
    CborReader in(bytes.subspan(decode_frame_header(bytes).value().size()));
    said.insert(decode_message_start(in).type);
    return true;
  };
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  for (int i = 0; i < 70; ++i) {
    net.set(a, "key" + std::to_string(i), Value::text(std::string(900, 'x')));
  }
  net.add("shed");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
  net.kill(b);
  net.restart(b, 1);  // without its memory
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 60s));
  net.stop(b, ByeReason::leaving);
  EXPECT_TRUE(std::ranges::includes(known, said));
  EXPECT_GE(said.size(), 10U);
}

// protocol.md [confirmed-pull]
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
