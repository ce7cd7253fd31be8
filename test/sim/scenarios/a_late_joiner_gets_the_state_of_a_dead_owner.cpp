// SPDX-License-Identifier: Apache-2.0
// Whoever came later never heard of what had failed before.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Duration age(VirtualNetwork& net, std::size_t reader, std::size_t owner, const std::string& key) {
  const Peer* peer = net[reader].node->peers().find(net.node(owner).self().id());
  CborReader in(*peer->copy.replica.store().find(key));
  return net.now(reader) - peer->copy.replica.local_time(decode_entry(in).sampled_ms);
}

TEST(Scenario, ALateJoinerGetsTheStateOfADeadOwner) {
  VirtualNetwork net;
  const auto freezer = net.add("freezer");
  net.add("attic");
  net.add("cellar");
  net.set(freezer, "temperature", Value::real(-18));
  net.run_for(20s);
  net.kill(freezer);
  net.run_for(1h);
  const auto late = net.add("late");
  ASSERT_TRUE(
      net.run_until([&] { return net.read(late, freezer, "temperature").has_value(); }, 30s));
  const Peer* peer = net.node(late).peers().find(net.node(freezer).self().id());
  EXPECT_EQ(peer->life.state, PeerState::gone);
  EXPECT_EQ(peer->name, "freezer");
  EXPECT_GE(age(net, late, freezer, "temperature"), 1h);
  EXPECT_LE(age(net, late, freezer, "temperature"), 1h + 1min);
  // And from the late one those who come when all others are down too.
  net.kill(1);
  net.kill(2);
  const auto later = net.add("later");
  ASSERT_TRUE(
      net.run_until([&] { return net.read(later, freezer, "temperature").has_value(); }, 60s));
  EXPECT_GE(age(net, later, freezer, "temperature"), 1h);
  // When the owner is back, it speaks for itself.
  net.restart(freezer, 2);
  net.set(freezer, "temperature", Value::real(-5));
  EXPECT_TRUE(net.run_until(
      [&] { return net.read(later, freezer, "temperature") == Value::real(-5); }, 30s));
}

TEST(Scenario, ALateJoinerSeesThatANodeLeft) {
  VirtualNetwork net;
  const auto gone = net.add("gone");
  net.add("attic");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.stop(gone, ByeReason::leaving);
  const auto late = net.add("late");
  const NodeId id = net.node(gone).self().id();
  ASSERT_TRUE(net.run_until([&] { return net.node(late).peers().find(id) != nullptr; }, 30s));
  EXPECT_EQ(net.node(late).peers().find(id)->life.state, PeerState::left);
}

}  // namespace
}  // namespace dsn::test
