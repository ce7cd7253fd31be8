// SPDX-License-Identifier: Apache-2.0
// Which name belongs to which node, and what is kept of nodes from run to run.
#include "core/peers/names.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class NamesTest : public testing::Test {
 protected:
  NamesTest() : a_(net_.add("attic")) {}

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
  std::uint64_t conflicts() { return net_.events_of(a_, CoreEvent::Kind::conflict); }
  Forgotten forget(const NodeId& id) { return net_.node(a_).forget(net_.now(a_), id); }

  VirtualNetwork net_;
  std::size_t a_;
};

// protocol.md [name-first] [name-conflict]
TEST_F(NamesTest, ANameBelongsToTheFirstWhoProvesIt) {
  const auto first = puppet(1, "shed");
  const auto second = puppet(2, "shed");
  first->join();
  EXPECT_EQ(names().holder("shed"), first->id);
  second->join();
  EXPECT_EQ(names().holder("shed"), first->id);
  EXPECT_EQ(conflicts(), 1U);
  EXPECT_TRUE(names().conflicts(*second->seen()));
  EXPECT_FALSE(names().conflicts(*first->seen()));
  EXPECT_EQ(second->seen()->life.state, PeerState::live) << "it is heard all the same";
  for (int i = 0; i < 10; ++i) second->beat();
  EXPECT_EQ(conflicts(), 1U) << "said once";
}

TEST_F(NamesTest, TheOwnNameBelongsToNobodyElse) {
  const auto puppet_ = puppet(1, "attic");
  puppet_->join();
  EXPECT_TRUE(names().conflicts(*puppet_->seen()));
  EXPECT_EQ(names().holder("attic"), net_.node(a_).self().id());
  EXPECT_EQ(conflicts(), 1U);
  EXPECT_EQ(forget(puppet_->id), Forgotten::is_own_name);
  EXPECT_EQ(forget(net_.node(a_).self().id()), Forgotten::is_self);
}

// protocol.md [name-proven] [hello-session]
TEST_F(NamesTest, AHelloOrWelcomeInAnothersNameRenamesNobody) {
  const auto owner = puppet(1, "shed");
  owner->join();
  const auto forger = puppet(1, "cellar");
  forger->session = SessionId{99};
  forger->incarnation = 2;
  forger->send(forger->hello());
  forger->send(forger->hello(net_.node(a_).self().session()));
  net_.run_for(1s);
  EXPECT_EQ(owner->seen()->name, "shed");
  EXPECT_FALSE(names().holder("cellar"));
  owner->beat();
  EXPECT_EQ(owner->seen()->session.peer, owner->session);
}

TEST_F(NamesTest, AnotherNameFreesTheOneBefore) {
  const auto owner = puppet(1, "shed");
  owner->join();
  const auto renamed = puppet(1, "barn");
  renamed->session = SessionId{99};
  renamed->incarnation = 2;
  renamed->join();
  EXPECT_EQ(names().holder("barn"), owner->id);
  EXPECT_FALSE(names().holder("shed"));
  const auto successor = puppet(2, "shed");
  successor->join();
  EXPECT_EQ(names().holder("shed"), successor->id);
  EXPECT_EQ(conflicts(), 0U);
}

TEST_F(NamesTest, TwoNodesMaySwapTheirNames) {
  const auto first = puppet(1, "shed");
  const auto second = puppet(2, "barn");
  first->join();
  second->join();
  for (Puppet* node : {first.get(), second.get()}) {
    node->name = node == first.get() ? "barn" : "shed";
    node->session = SessionId{static_cast<std::uint64_t>(node->session) + 1};
    node->incarnation = 2;
    node->join();
  }
  EXPECT_EQ(names().holder("barn"), first->id);
  EXPECT_EQ(names().holder("shed"), second->id);
  EXPECT_EQ(conflicts(), 1U) << "in between there were two of one name";
}

TEST_F(NamesTest, ANodeThatLivesIsNotForgottenAndOneThatLeftIs) {
  const auto owner = puppet(1, "shed");
  EXPECT_EQ(forget(owner->id), Forgotten::is_unknown);
  owner->join();
  EXPECT_EQ(forget(owner->id), Forgotten::is_present);
  const auto successor = puppet(2, "shed");
  successor->join();
  owner->say([](CborWriter& out) { encode_bye(out, ByeReason::restarting); });
  EXPECT_EQ(forget(owner->id), Forgotten::is_present) << "it will be back";
  const auto again = puppet(1, "shed");
  again->session = SessionId{99};
  again->incarnation = 2;
  again->join();
  again->show_head();
  again->say([](CborWriter& out) { encode_bye(out, ByeReason::leaving); });
  EXPECT_EQ(forget(owner->id), Forgotten::done);
  EXPECT_EQ(owner->seen(), nullptr);
  EXPECT_EQ(names().holder("shed"), successor->id) << "who was there under it gets it";
  // How far it had got is not forgotten.
  const auto old_run = puppet(1, "shed");
  old_run->incarnation = 1;
  old_run->join();
  EXPECT_TRUE(owner->seen() == nullptr || !owner->seen()->session.confirmed);
}

TEST_F(NamesTest, TheNameGoesToTheOneInConflictThatIsNamed) {
  const auto first = puppet(1, "shed");
  const auto second = puppet(2, "shed");
  first->join();
  second->join();
  EXPECT_EQ(forget(first->id), Forgotten::is_present);
  EXPECT_EQ(forget(second->id), Forgotten::name_moved);
  EXPECT_EQ(names().holder("shed"), second->id);
  EXPECT_TRUE(names().conflicts(*first->seen()));
}

TEST_F(NamesTest, NamesAreKeptWithinBounds) {
  FakeCrypto crypto(1);
  const LocalNode self(crypto, "attic", {}, SessionId{1}, 1, Secret<32>{}, Instant{});
  const PeerTable peers;
  Names names(self, peers);
  const auto id = [](std::size_t i) {
    NodeId made;
    made.bytes[0] = static_cast<std::uint8_t>(i >> 8);
    made.bytes[1] = static_cast<std::uint8_t>(i);
    made.bytes[2] = 1;
    return made;
  };
  for (std::size_t i = 0; i < kPinsMax + 10; ++i) {
    names.pin("node" + std::to_string(i), id(i), Instant{} + std::chrono::seconds(i));
  }
  for (std::size_t i = 0; i < kPinsMax + 10; ++i) {
    EXPECT_EQ(names.name_of(id(i)).empty(), i < 10) << "the oldest give way: " << i;
  }
}

// protocol.md [marks-kept]
TEST_F(NamesTest, ARestartForgetsNeitherNamesNorHowFarANodeHadGot) {
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
TEST_F(NamesTest, AMarkWithoutItsHeadShutsNobodyOut) {
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
