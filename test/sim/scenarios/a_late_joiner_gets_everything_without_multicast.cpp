// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, ALateJoinerGetsEverythingWithoutMulticast) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto first = net.add("coordinator");
  for (std::size_t i = 1; i < 5; ++i) net.add("node" + std::to_string(i), {first});
  for (std::size_t i = 0; i < 5; ++i) {
    for (int key = 0; key < 50; ++key) {
      net.set(i, "key" + std::to_string(key), Value::text(std::string(100, 'x')));
    }
  }
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
  const auto late = net.add("late", {first});
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 3s));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(net.node(late).peers().find(net.node(i).self().id())->copy.replica.store().count(),
              50U);
  }
}

}  // namespace dsn::test
