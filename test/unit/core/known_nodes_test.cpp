// SPDX-License-Identifier: Apache-2.0
#include "core/known_nodes.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class KnownNodesTest : public testing::Test {
 protected:
  KnownNodesTest() : a_(net_.add("attic")) {}

  std::unique_ptr<Puppet> puppet(std::uint64_t seed, const std::string& name) {
    auto made = std::make_unique<Puppet>(net_, a_, seed);
    made->name = name;
    return made;
  }
  void restart_with_memory() {
    net_[a_].options.known = net_.node(a_).known();
    net_.kill(a_);
    net_.restart(a_, net_[a_].options.incarnation + 1);
  }
  const Names& names() { return net_.node(a_).names(); }
  std::uint64_t count(Counter counter) { return net_.node(a_).counters()[counter]; }

  VirtualNetwork net_;
  std::size_t a_;
};

// protocol.md [marks-kept]
TEST_F(KnownNodesTest, ARestartForgetsNeitherNamesNorHowFarANodeHadGot) {
  const auto owner = puppet(1, "shed");
  owner->incarnation = 5;
  owner->join();
  owner->beat(1);
  owner->show_head();
  restart_with_memory();
  EXPECT_EQ(names().holder("shed"), owner->id);
  const auto rival = puppet(2, "shed");
  rival->join();
  EXPECT_TRUE(names().conflicts(*rival->seen()));
  // Its disk was rolled back: it is told so by its own signature, and not let in before.
  const auto old = puppet(1, "shed");
  old->session = SessionId{98};
  old->incarnation = 4;
  connect(net_, {old.get()});
  old->send(old->hello());
  EXPECT_EQ(count(Counter::drop_stale_session), 1U);
  ASSERT_EQ(old->heard().size(), 1U) << "an OWNHEAD";
  old->session = SessionId{97};
  old->incarnation = 5;
  old->send(old->hello());
  EXPECT_EQ(count(Counter::drop_stale_session), 2U) << "another run of the same number";
  owner->beat(2);  // the run that is known goes on
  owner->join();
  EXPECT_EQ(owner->seen()->life.state, PeerState::live);
  // And over another restart in which it was not met.
  restart_with_memory();
  restart_with_memory();
  EXPECT_EQ(names().holder("shed"), owner->id);
  old->incarnation = 4;
  old->send(old->hello());
  EXPECT_EQ(count(Counter::drop_stale_session), 1U);
}

// protocol.md [marks-proven]
TEST_F(KnownNodesTest, AMarkWithoutItsHeadShutsNobodyOut) {
  const auto owner = puppet(1, "shed");
  owner->incarnation = 5;
  owner->join();
  owner->beat(1);
  for (KnownNode known : net_.node(a_).known()) {
    if (known.name != "shed") continue;
    EXPECT_EQ(known.incarnation, 5U);
    known.head.clear();
    net_[a_].options.known = {known};
  }
  ASSERT_EQ(net_[a_].options.known.size(), 1U);
  net_.kill(a_);
  net_.restart(a_, 2);
  EXPECT_EQ(names().holder("shed"), owner->id);
  const auto next = puppet(1, "shed");
  next->session = SessionId{98};
  next->incarnation = 1;
  next->join();
  EXPECT_EQ(next->seen()->life.state, PeerState::live);
  EXPECT_EQ(count(Counter::drop_stale_session), 0U);
}

}  // namespace
}  // namespace dsn::test
