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
    net_[a_].options.known = net_.node(a_).known(net_.now(a_));
    net_.kill(a_);
    net_.restart(a_, net_[a_].options.incarnation + 1);
  }
  const NameOwners& names() { return net_.node(a_).names(); }
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
  for (KnownNode known : net_.node(a_).known(net_.now(a_))) {
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

using Kind = CoreEvent::Kind;

class RememberedNodes : public testing::Test {
 protected:
  void SetUp() override {
    attic_ = net_.add("attic");
    shed_ = net_.add("shed");
    ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  }
  /// The node attic starts again, with what it knew when it stopped.
  void restart_attic() {
    net_[attic_].options.known = net_.node(attic_).known(net_.now(attic_));
    net_.kill(attic_);
    net_[attic_].events.clear();
    net_.restart(attic_, net_[attic_].options.incarnation + 1);
  }
  const Peer* shed() { return net_.node(attic_).peers().find(net_.node(shed_).self().id()); }
  std::size_t events(Kind kind) { return net_.events_of(attic_, kind); }

  VirtualNetwork net_;
  std::size_t attic_ = 0;
  std::size_t shed_ = 0;
};

// protocol.md [remembered-shown]
TEST_F(RememberedNodes, OneThatDoesNotComeBackAfterAPowerCutIsGoneAfterTenSeconds) {
  net_.kill(shed_);
  restart_attic();
  ASSERT_NE(shed(), nullptr);
  EXPECT_EQ(shed()->life.state, PeerState::awaited);
  EXPECT_EQ(shed()->name, "shed");
  EXPECT_EQ(shed()->path.remembered, net_[shed_].endpoint);
  net_.run_for(kAwaitedMax - 1ms);
  EXPECT_EQ(shed()->life.state, PeerState::awaited);
  EXPECT_EQ(events(Kind::gone), 0U);
  net_.run_for(2ms);
  EXPECT_EQ(shed()->life.state, PeerState::gone);
  EXPECT_EQ(events(Kind::gone), 1U);
  EXPECT_EQ(events(Kind::late), 0U);
  // Over further restarts, too, until it is back.
  restart_attic();
  net_.run_for(20s);
  EXPECT_EQ(events(Kind::gone), 1U);
  net_.restart(shed_, 2);
  EXPECT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  EXPECT_EQ(events(Kind::joined), 1U);
  EXPECT_TRUE(net_.node(attic_).sums_hold());
}

TEST_F(RememberedNodes, OneThatIsThereJoinsAsOneThatReturned) {
  restart_attic();
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.run_for(20s);
  EXPECT_EQ(events(Kind::gone), 0U);
  net_.add("cellar");
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  std::vector<bool> returned;
  for (const CoreEvent& event : net_[attic_].events) {
    if (event.kind == Kind::joined) returned.push_back(event.returned);
  }
  EXPECT_EQ(returned, (std::vector<bool>{true, false}));
}

// protocol.md [remembered-kept]
TEST_F(RememberedNodes, OneThatLeftOrWasForgottenIsNotMissed) {
  net_.stop(shed_, ByeReason::leaving);
  net_.run_for(1s);
  restart_attic();
  EXPECT_EQ(shed(), nullptr);
  net_.restart(shed_, 2);
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  net_.kill(shed_);
  restart_attic();
  EXPECT_EQ(net_.node(attic_).forget(net_.now(attic_), net_.node(shed_).self().id()),
            Forgotten::done);
  restart_attic();
  EXPECT_EQ(shed(), nullptr);
  net_.run_for(20s);
  EXPECT_EQ(events(Kind::gone), 0U);
}

TEST_F(RememberedNodes, OneThatSleepsIsAwaitedForAsLongAsItSaid) {
  net_.stop(shed_, {ByeReason::asleep, 600'000});
  net_.run_for(4min);
  restart_attic();
  EXPECT_EQ(shed()->life.state, PeerState::asleep);
  net_.run_for(6min + kRestartGrace - 1s);
  EXPECT_EQ(shed()->life.state, PeerState::asleep);
  net_.run_for(2s + kGoneAfter);
  EXPECT_EQ(events(Kind::gone), 1U);
}

TEST_F(RememberedNodes, AreKeptForAsLongAsTheOperatorWishes) {
  net_.kill(shed_);
  net_[attic_].options.retain = 2h;
  restart_attic();
  net_.run_for(1h);
  restart_attic();
  net_.run_for(59min);
  EXPECT_NE(shed(), nullptr);
  net_.run_for(2min);
  EXPECT_EQ(shed(), nullptr);
  restart_attic();
  EXPECT_EQ(shed(), nullptr);
}

TEST_F(RememberedNodes, NobodyIsMissedBeforeTheMachineHasANetwork) {
  net_.kill(shed_);
  restart_attic();
  net_.node(attic_).set_links({}, net_.now(attic_));
  net_.run_for(30s);
  EXPECT_EQ(events(Kind::gone), 0U);
  net_.node(attic_).set_links({kLink}, net_.now(attic_));
  net_.run_for(kAwaitedMax - 1ms);
  EXPECT_EQ(events(Kind::gone), 0U);
  net_.run_for(2ms);
  EXPECT_EQ(events(Kind::gone), 1U);
}

// protocol.md [remembered-shown]
TEST_F(RememberedNodes, ThoseThatAreExpectedAreMissedThoughTheyWereNeverHeard) {
  net_[attic_].options.expected = {"attic", "shed", "garage"};
  restart_attic();
  EXPECT_EQ(net_.node(attic_).expected().missing(), std::vector<std::string>{"garage"});
  net_.run_for(kAwaitedMax - 1ms);
  EXPECT_EQ(events(Kind::gone), 0U);
  net_.run_for(1min);
  ASSERT_EQ(events(Kind::gone), 1U);
  const NodeId id = ExpectedNodes::id_of("garage");
  EXPECT_EQ(net_.node(attic_).expected().name_of(id), "garage");
  net_.add("garage");
  ASSERT_TRUE(net_.run_until([&] { return net_.in_sync(); }, 5s));
  EXPECT_TRUE(net_.node(attic_).expected().missing().empty());
  net_.node(attic_).set_expected(net_.now(attic_), {"barn"});
  net_.run_for(kAwaitedMax + 1ms);
  EXPECT_EQ(events(Kind::gone), 2U) << "ten seconds after the configuration was read";
}

}  // namespace
}  // namespace dsn::test
