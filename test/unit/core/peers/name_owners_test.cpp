// SPDX-License-Identifier: Apache-2.0
// Which name belongs to which node.
#include "core/peers/name_owners.hpp"

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
  const NameOwners& names() { return net_.node(a_).names(); }
  std::uint64_t conflicts() { return net_.events_of(a_, CoreEvent::Kind::conflict); }

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

TEST_F(NamesTest, NamesAreKeptWithinBounds) {
  FakeCrypto crypto(1);
  const LocalNode self(crypto, "attic", {}, SessionId{1}, 1, Secret<32>{}, Instant{});
  const PeerTable peers;
  NameOwners names(self, peers);
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

}  // namespace
}  // namespace dsn::test
