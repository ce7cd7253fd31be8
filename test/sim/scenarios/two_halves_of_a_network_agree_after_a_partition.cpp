// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, TwoHalvesOfANetworkAgreeAfterAPartition) {
  NetworkOptions options;
  options.loss = 0.2;
  VirtualNetwork net(options);
  for (int i = 0; i < 10; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t j = 0; j < 10; ++j) {
      if (i % 2 != j % 2) net.cut.insert({i, j});
    }
  }
  for (int minute = 0; minute < 30; ++minute) {
    for (std::size_t i = 0; i < 10; ++i) net.set(i, "minute", Value::integer(minute));
    net.run_for(1min);
  }
  ASSERT_FALSE(net.all_meet());
  net.cut.clear();
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 90s));
  EXPECT_EQ(net.read(0, 9, "minute"), Value::integer(29));
}

}  // namespace dsn::test
