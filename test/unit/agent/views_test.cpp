// SPDX-License-Identifier: Apache-2.0
// Every reading carries age and freshness, whatever becomes of its sensor and its node.
#include "agent/views.hpp"

#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::agent {
namespace {

using test::VirtualNetwork;

class Views : public ::testing::Test {
 protected:
  Views() : attic(net.add("attic")), cellar(net.add("cellar")) {
    net.set(cellar, "pump/temperature", Value::real(38.6), 3s);
    net.set(cellar, "site", Value::text("Bern"));
    EXPECT_TRUE(net.run_until([this] { return net.in_sync(); }, 5s));
  }

  Reading one(const std::string& key) {
    const auto found = readings(net.node(attic), {"cellar", key}, net.now());
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Reading{} : found.front();
  }

  VirtualNetwork net;
  std::size_t attic;
  std::size_t cellar;
};

TEST_F(Views, AReadingIsFreshThenLate) {
  net.set(cellar, "pump/temperature", Value::real(38.7), 3s);
  net.run_for(10ms);
  EXPECT_EQ(one("pump/temperature").freshness, Freshness::ok);
  EXPECT_LT(one("pump/temperature").age.count(), 20);
  EXPECT_EQ(one("pump/temperature").max_age, 3s);
  net.run_for(2900ms);
  EXPECT_EQ(one("pump/temperature").freshness, Freshness::ok);
  net.run_for(200ms);
  EXPECT_EQ(one("pump/temperature").freshness, Freshness::late);
  EXPECT_EQ(one("site").freshness, Freshness::ok) << "it has no max_age";
}

TEST_F(Views, AFrozenAgentsReadingsTurnLateWithinTheirMaxAge) {
  net.set(cellar, "pump/temperature", Value::real(38.7), 3s);
  net.run_for(10ms);
  net.pause(cellar);
  net.run_for(3100ms);
  EXPECT_EQ(one("pump/temperature").freshness, Freshness::late);
}

TEST_F(Views, ALostNodesReadingsStayReadableAndAreMarked) {
  net.kill(cellar);
  ASSERT_TRUE(net.run_until([this] { return one("site").freshness == Freshness::node_late; }, 10s));
  ASSERT_TRUE(net.run_until([this] { return one("site").freshness == Freshness::node_gone; }, 10s));
  EXPECT_EQ(one("site").value, Value::text("Bern"));
  EXPECT_GE(one("site").node_heard, 6s);
}

TEST_F(Views, AFailedSensorKeepsTheLastGoodValueWithItsOwnAge) {
  net.run_for(1s);
  Effects effects;
  Write write;
  write.kind = Write::Kind::fail;
  write.key = "pump/temperature";
  write.error = "CRC NO";
  ASSERT_TRUE(net.node(cellar).commit(net.now(), {&write, 1}, effects));
  const auto own = readings(net.node(cellar), {"cellar", "pump/temperature"}, net.now());
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].freshness, Freshness::error);
  EXPECT_EQ(own[0].error, "CRC NO");
  EXPECT_EQ(own[0].value, Value::real(38.6));
  EXPECT_GE(own[0].age, 1s);
}

TEST_F(Views, TwoLiveNodesOfOneNameAreBothShownAndFlagged) {
  const auto other = net.add("cellar");
  net.set(other, "door", Value::boolean(true));
  ASSERT_TRUE(net.run_until([this] { return net.in_sync(); }, 5s));
  const auto all = readings(net.node(attic), {"cellar", std::nullopt}, net.now());
  ASSERT_EQ(all.size(), 3U);
  for (const Reading& reading : all) EXPECT_EQ(reading.freshness, Freshness::conflict);
  net.kill(other);
  net.run_for(30s);
  EXPECT_EQ(one("site").freshness, Freshness::ok) << "the one that lives is meant";
}

TEST_F(Views, NodesShowStateAndHowTheyWereFound) {
  const auto all = nodes(net.node(attic), net.now());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "attic");
  EXPECT_EQ(all[0].state, NodeState::self);
  EXPECT_EQ(all[1].state, NodeState::live);
  EXPECT_EQ(all[1].keys, 2U);
  EXPECT_EQ(all[1].via, "mcast4@eth0");
  EXPECT_EQ(all[1].address, "10.0.0.1:17373");
}

TEST_F(Views, AnEventCarriesTheReading) {
  const CoreEvent updated{CoreEvent::Kind::updated, net.node(cellar).self().id(), "site"};
  const auto shown = event(net.node(attic), updated, net.now());
  ASSERT_TRUE(shown && shown->reading);
  EXPECT_EQ(shown->node, "cellar");
  EXPECT_EQ(shown->reading->value, Value::text("Bern"));
  EXPECT_FALSE(event(net.node(attic), {CoreEvent::Kind::clone, {}, ""}, net.now()));
}

}  // namespace
}  // namespace dsn::agent
