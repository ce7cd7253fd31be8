// SPDX-License-Identifier: Apache-2.0
// A delta that came late lowered the version in another (chitchat#179).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, AnOlderStateNeverReplacesANewerOne) {
  NetworkOptions options;
  options.straggling = 0.5;
  options.straggle_max = 20s;
  options.duplication = 0.5;
  options.replay = 0.2;
  VirtualNetwork net(options);
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  ASSERT_TRUE(net.run_until([&] { return net.all_meet(); }, 60s));
  std::int64_t seen = -1;
  for (std::int64_t i = 0; i < 500; ++i) {
    net.set(a, "count", Value::integer(i));
    for (int steps = 0; steps < 10; ++steps) {
      net.run_for(20ms);
      const auto value = net.read(b, a, "count");
      if (!value) continue;
      ASSERT_GE(*value->as_integer(), seen);
      seen = *value->as_integer();
    }
  }
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 60s));
}

}  // namespace dsn::test
