// SPDX-License-Identifier: Apache-2.0
// Which nodes are remembered as heard without a session.
#include "core/join/half_met.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;

namespace {

class HalfMetTest : public testing::Test {
 protected:
  HalfMetTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) { puppet_.name = "shed"; }

  std::vector<HeardNode> found() { return net_.node(a_).half_met(net_.now()); }
  SessionId own_session() { return net_.node(a_).self().session(); }

  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
};

TEST_F(HalfMetTest, ANodeThatSaysHelloAndNothingElseIsRemembered) {
  puppet_.send(puppet_.hello(), true);
  puppet_.send(puppet_.hello(own_session()));
  ASSERT_EQ(found().size(), 1U);
  const HeardNode one = found().front();
  EXPECT_EQ(one.id, puppet_.id);
  EXPECT_EQ(one.name, "shed");
  EXPECT_EQ(one.at, puppet_.endpoint);
  EXPECT_FALSE(one.multicast) << "the WELCOME came last";
  EXPECT_FALSE(one.left_out);
  EXPECT_EQ(one.count, 2U);
  net_.run_for(HalfMet::kLife + 1s);
  EXPECT_TRUE(found().empty());
}

TEST_F(HalfMetTest, ANodeThatComesInIsForgotten) {
  connect(net_, {&puppet_});
  puppet_.send(puppet_.hello(), true);
  ASSERT_EQ(found().size(), 1U);
  puppet_.join();
  EXPECT_TRUE(found().empty());
  puppet_.send(puppet_.hello(), true);
  EXPECT_TRUE(found().empty()) << "it is in contact";
}

TEST_F(HalfMetTest, ANodeThatTheWhitelistLeavesOutIsRemembered) {
  net_[a_].options.whitelist = {"barn"};
  net_.kill(a_);
  net_.restart(a_, 2);
  puppet_.send(puppet_.hello(), true);
  ASSERT_EQ(found().size(), 1U);
  EXPECT_TRUE(found().front().left_out);
  EXPECT_TRUE(found().front().multicast);
}

TEST(HalfMetNetwork, NobodyStaysHalfMetWhereNothingIsWrong) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    NetworkOptions options;
    options.seed = seed;
    options.loss = 0.1;
    VirtualNetwork net(options);
    for (std::size_t i = 0; i < 10; ++i) net.add("node" + std::to_string(i));
    for (int second = 0; second < 200; ++second) {
      net.run_for(1s);
      if (second == 60) net.kill(3);
      if (second == 120) net.restart(3, 2);
      for (std::size_t i = 0; i < 10; ++i) {
        if (second >= 60 && second < 120 && i == 3) continue;
        for (const HeardNode& one : net.node(i).half_met(net.now())) {
          EXPECT_LT(one.last - one.first, 5s) << one.name << " at " << i << ", seed " << seed;
        }
      }
    }
  }
}

TEST(HalfMetTable, TheOneThatWasHeardLeastRecentlyGivesWay) {
  PeerTable peers;
  HalfMet table(peers);
  Instant now{};
  const auto id_of = [](std::size_t i) {
    NodeId id;
    id.bytes[0] = static_cast<std::uint8_t>(i);
    return id;
  };
  for (std::size_t i = 0; i < HalfMet::kNodes; ++i) table.note(id_of(i), "n", {}, false, now += 1s);
  table.note(id_of(0), "n", {}, false, now += 1s);
  table.note(id_of(99), "n", {}, false, now += 1s);
  const std::vector<HeardNode> all = table.all(now);
  EXPECT_EQ(all.size(), HalfMet::kNodes);
  EXPECT_EQ(std::ranges::count(all, id_of(0), &HeardNode::id), 1);
  EXPECT_EQ(std::ranges::count(all, id_of(1), &HeardNode::id), 0);
  EXPECT_EQ(std::ranges::count(all, id_of(99), &HeardNode::id), 1);
}

}  // namespace
}  // namespace dsn::test
