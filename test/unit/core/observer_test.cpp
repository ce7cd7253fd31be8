// SPDX-License-Identifier: Apache-2.0
// Nodes that take part, and through whom nobody finds the network (docs/protocol.md, section 8.1).
#include <gtest/gtest.h>

#include <algorithm>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

class ObserverTest : public testing::Test {
 protected:
  std::size_t add_observer(const std::string& name,
                           const std::vector<std::size_t>& bootstrap = {}) {
    return net_.add(name, bootstrap, true);
  }
  const Peer* peer(std::size_t reader, std::size_t of) {
    return net_.node(reader).peers().find(net_.node(of).self().id());
  }
  bool meet(std::size_t one, std::size_t other) {
    const auto reaches = [this](std::size_t from, std::size_t to) {
      const Peer* found = peer(from, to);
      return found != nullptr && found->reachable();
    };
    return reaches(one, other) && reaches(other, one);
  }
  VirtualNetwork net_;
};

TEST_F(ObserverTest, TakesPartAndSaysWhatItIs) {
  const auto a = net_.add("attic");
  const auto o = add_observer("screen");
  ASSERT_TRUE(net_.run_until([&] { return meet(a, o); }, 3s));
  EXPECT_TRUE(peer(a, o)->session.is_observer);
  EXPECT_FALSE(peer(o, a)->session.is_observer);
  net_.set(a, "door", Value::boolean(true));
  net_.set(o, "light", Value::boolean(false));
  EXPECT_TRUE(
      net_.run_until([&] { return net_.read(o, a, "door") && net_.read(a, o, "light"); }, 1s));
}

// protocol.md [observer-silent]
TEST_F(ObserverTest, AnswersNoStranger) {
  for (const bool observer : {false, true}) {
    VirtualNetwork net;
    const auto a = net.add("attic", {}, observer);
    Puppet puppet(net, a, 1);
    connect(net, {&puppet});
    puppet.send(puppet.hello());
    EXPECT_EQ(puppet.datagrams_in > 0, !observer) << "a WELCOME";
    puppet.send(puppet.knock());
    EXPECT_EQ(puppet.seen() != nullptr, !observer) << "a session";
  }
}

// protocol.md [observer-silent]
TEST_F(ObserverTest, AnswersWhomItKnowsAfterARestartOfEither) {
  const auto a = net_.add("attic");
  const auto o = add_observer("screen");
  ASSERT_TRUE(net_.run_until([&] { return meet(a, o); }, 3s));
  net_.run_for(10min);  // its own HELLOs are rare by now
  net_.kill(a);
  net_.restart(a, 2);
  EXPECT_TRUE(net_.run_until([&] { return meet(a, o); }, 1s));
  net_[o].options.known = net_.node(o).known(net_.now(o));
  net_.kill(o);
  net_.restart(o, 2);
  EXPECT_TRUE(net_.run_until([&] { return meet(a, o); }, 1s));
}

TEST_F(ObserverTest, FindsAnotherOneThroughAMemberOnly) {
  const auto one = add_observer("screen");
  const auto other = add_observer("phone");
  net_.run_for(10min);
  EXPECT_FALSE(meet(one, other));
  EXPECT_EQ(net_.node(one).peers().count(), 0U);
  net_.add("attic");
  EXPECT_TRUE(net_.run_until([&] { return meet(one, other); }, 30s));
}

// protocol.md [observer-relay]
TEST_F(ObserverTest, HandsOutNoStatesOfOthers) {
  for (const bool observer : {false, true}) {
    VirtualNetwork net;
    const auto a = net.add("attic");
    const auto reader = net.add("screen", {}, observer);
    net.set(a, "door", Value::boolean(true));
    net.run_for(15s);
    net.kill(a);
    const auto later = net.add("later");
    const bool got = net.run_until([&] { return net.read(later, a, "door").has_value(); }, 60s);
    const bool met = net.node(later).peers().find(net.node(reader).self().id()) != nullptr;
    EXPECT_TRUE(met);
    EXPECT_EQ(got, !observer);
  }
}

// protocol.md [observer-calls]
TEST_F(ObserverTest, LooksForItsOnlyPeerThatRestarts) {
  net_.options.multicast = false;
  const auto a = net_.add("attic");
  const auto o = add_observer("screen", {a});
  ASSERT_TRUE(net_.run_until([&] { return meet(a, o); }, 3s));
  net_.run_for(10min);
  net_.stop(a, ByeReason::restarting);
  net_.run_for(2s);
  net_.restart(a, 2);
  EXPECT_TRUE(net_.run_until([&] { return meet(a, o); }, 5s));
}

}  // namespace
}  // namespace dsn::test
