// SPDX-License-Identifier: Apache-2.0
// Mail reached only some, and then the sender died.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, AnOwnerThatDiesAfterAnUpdateIsRememberedAlikeByAll) {
  VirtualNetwork net;
  for (int i = 0; i < 5; ++i) net.add("node" + std::to_string(i));
  net.set(0, "door", Value::text("closed"));
  net.run_for(20s);
  // Only one of them gets what it says last, and signs: the head goes to four at once.
  for (std::size_t i = 2; i < 5; ++i) net.cut.insert({0, i});
  net.set(0, "door", Value::text("open"));
  net.run_for(2s);
  net.kill(0);
  net.cut.clear();
  EXPECT_TRUE(net.run_until(
      [&] {
        for (std::size_t i = 1; i < 5; ++i) {
          if (net.read(i, 0, "door") != Value::text("open")) return false;
        }
        return true;
      },
      90s));
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 30s));
}

}  // namespace dsn::test
