// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace wire;

TEST(Scenario, ANetworkOfOneWorks) {
  VirtualNetwork net;
  const auto alone = net.add("alone");
  net.set(alone, "room/temperature", Value::real(21.5));
  net.run_for(24h);
  EXPECT_EQ(net.read(alone, alone, "room/temperature"), Value::real(21.5));
  EXPECT_EQ(net.node(alone).peers().count(), 0U);
  // A HELLO in each interval of 40 s, and those of the beginning.
  EXPECT_LE(net.datagrams_sent, 24U * 3600 / 40 + 20);
  net.set(alone, "room/temperature", Value::real(22));
  net.stop(alone, ByeReason::leaving);
}

}  // namespace dsn::test
