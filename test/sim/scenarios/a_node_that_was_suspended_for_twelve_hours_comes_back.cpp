// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

TEST(Scenario, ANodeThatWasSuspendedForTwelveHoursComesBack) {
  VirtualNetwork net;
  for (int i = 0; i < 4; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.pause(0);
  for (int i = 0; i < 12; ++i) {
    net.set(1, "hour", Value::integer(i));
    net.run_for(1h);
  }
  net.resume(0);
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  EXPECT_EQ(net.read(0, 1, "hour"), Value::integer(11));
  EXPECT_EQ(net.events_of(0, CoreEvent::Kind::gone), 0U) << "it was itself that slept";
}

}  // namespace dsn::test
