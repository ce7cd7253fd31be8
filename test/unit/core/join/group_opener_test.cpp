// SPDX-License-Identifier: Apache-2.0
#include "core/join/group_opener.hpp"

#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class GroupOpenerTest : public testing::Test {
 protected:
  GroupOpenerTest() : a_(net_.add("attic")), puppet_(net_, a_, 1) { connect(net_, {&puppet_}); }
  std::uint64_t count(Counter counter) { return net_.node(a_).counters()[counter]; }
  VirtualNetwork net_;
  std::size_t a_;
  Puppet puppet_;
};

// protocol.md [network-tag]
TEST_F(GroupOpenerTest, LooksAtNothingThatHasNotTheTagOfTheNetwork) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes datagram(100);
    for (std::uint8_t& byte : datagram) byte = static_cast<std::uint8_t>(random.next());
    datagram[0] = kFirstKeyEpoch;  // GROUP
    datagram[1] = kFirstKeyEpoch;  // GROUP
    const Endpoint from = Endpoint::ipv4({6, 6, 6, 6}, static_cast<std::uint16_t>(i));
    net_.inject(a_, from, datagram, i % 2 == 0);
  }
  EXPECT_EQ(count(Counter::drop_foreign), 20'000U);
  EXPECT_EQ(count(Counter::drop_flood), 0U) << "nothing of it takes from the budgets of members";
}

// protocol.md [tag-once]
TEST_F(GroupOpenerTest, TakesAFrameAlthoughAnAlteredCopyCameFirst) {
  const Bytes hello = puppet_.hello();
  Bytes altered = hello;
  altered[kGroupHeaderBytes] ^= 1;
  puppet_.send(altered);
  EXPECT_EQ(count(Counter::drop_forged), 1U);
  puppet_.send(hello);
  EXPECT_EQ(puppet_.datagrams_in, 1U);
}

// protocol.md [tag-once]
TEST_F(GroupOpenerTest, DropsARecordedGroupFrameBeforeItCostsAnything) {
  const Bytes hello = puppet_.hello();
  for (int i = 0; i < 1000; ++i) puppet_.send(hello);
  EXPECT_EQ(puppet_.datagrams_in, 1U);
  EXPECT_EQ(count(Counter::drop_replayed), 999U);
  EXPECT_EQ(count(Counter::drop_flood), 0U);
  puppet_.send(puppet_.hello());
  EXPECT_EQ(puppet_.datagrams_in, 2U) << "a new one is answered";
}

}  // namespace

}  // namespace dsn::test
