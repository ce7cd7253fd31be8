// SPDX-License-Identifier: Apache-2.0
#include "node/freshness.hpp"

#include <gtest/gtest.h>

#include "unit/node/two_nodes.hpp"

namespace dsn::node {

using namespace core;
using namespace wire;

namespace {

class FreshnessTest : public TwoNodes {};

TEST_F(FreshnessTest, AReadingIsFreshThenLate) {
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

TEST_F(FreshnessTest, AReadingSaysItsClassPrecisionAndInterval) {
  Effects effects;
  Write write;
  write.key = "pump/temperature";
  write.value = Value::real(38);
  write.sampled = net.now();
  write.device_class = "temperature";
  write.precision = 1;
  write.interval = 10s;
  ASSERT_TRUE(net.node(cellar).commit(net.now(), {&write, 1}, effects));
  const auto own = list_readings(net.node(cellar), {"cellar", "pump/temperature"}, net.now());
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].device_class, "temperature");
  EXPECT_EQ(own[0].precision, 1U);
  EXPECT_EQ(own[0].interval, 10s);
}

TEST_F(FreshnessTest, AFrozenAgentsReadingsTurnLateWithinTheirMaxAge) {
  net.set(cellar, "pump/temperature", Value::real(38.7), 3s);
  net.run_for(10ms);
  net.pause(cellar);
  net.run_for(3100ms);
  EXPECT_EQ(one("pump/temperature").freshness, Freshness::late);
}

TEST_F(FreshnessTest, ALostNodesReadingsStayReadableAndAreMarked) {
  net.kill(cellar);
  ASSERT_TRUE(net.run_until([this] { return one("site").freshness == Freshness::node_late; }, 10s));
  ASSERT_TRUE(net.run_until([this] { return one("site").freshness == Freshness::node_gone; }, 10s));
  EXPECT_EQ(one("site").value, Value::text("Bern"));
  EXPECT_GE(one("site").node_heard, 6s);
}

TEST_F(FreshnessTest, AFailedSensorKeepsTheLastGoodValueWithItsOwnAge) {
  net.run_for(1s);
  Effects effects;
  Write write;
  write.kind = Write::Kind::fail;
  write.key = "pump/temperature";
  write.error = "CRC NO";
  ASSERT_TRUE(net.node(cellar).commit(net.now(), {&write, 1}, effects));
  const auto own = list_readings(net.node(cellar), {"cellar", "pump/temperature"}, net.now());
  ASSERT_EQ(own.size(), 1U);
  EXPECT_EQ(own[0].freshness, Freshness::error);
  EXPECT_EQ(own[0].error, "CRC NO");
  EXPECT_EQ(own[0].value, Value::real(38.6));
  EXPECT_GE(own[0].age, 1s);
}

}  // namespace
}  // namespace dsn::node
