// SPDX-License-Identifier: Apache-2.0
#include "core/forget.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class ForgetTest : public testing::Test {
 protected:
  ForgetTest() : a_(net_.add("attic")) {}

  std::unique_ptr<Puppet> puppet(std::uint64_t seed, const std::string& name) {
    auto made = std::make_unique<Puppet>(net_, a_, seed);
    made->name = name;
    return made;
  }
  const NameOwners& names() { return net_.node(a_).names(); }
  Forgotten forget(const NodeId& id) { return net_.node(a_).forget(net_.now(a_), id); }

  VirtualNetwork net_;
  std::size_t a_;
};

TEST_F(ForgetTest, ANodeThatLivesIsNotForgottenAndOneThatLeftIs) {
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

TEST_F(ForgetTest, TheNameGoesToTheOneInConflictThatIsNamed) {
  const auto first = puppet(1, "shed");
  const auto second = puppet(2, "shed");
  first->join();
  second->join();
  EXPECT_EQ(forget(first->id), Forgotten::is_present);
  EXPECT_EQ(forget(second->id), Forgotten::name_moved);
  EXPECT_EQ(names().holder("shed"), second->id);
  EXPECT_TRUE(names().conflicts(*first->seen()));
}

TEST_F(ForgetTest, NeitherThisNodeNorOneUnderItsNameIsForgotten) {
  const auto namesake = puppet(1, "attic");
  namesake->join();
  EXPECT_EQ(forget(namesake->id), Forgotten::is_own_name);
  EXPECT_EQ(forget(net_.node(a_).self().id()), Forgotten::is_self);
}

}  // namespace
}  // namespace dsn::test
