// SPDX-License-Identifier: Apache-2.0
// What it said at the end reached only one of them. That one knows it for good, signed.
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

TEST(Scenario, ANodeThatLeftHasLeftForThoseWhoMissedIt) {
  VirtualNetwork net;
  for (int i = 0; i < 6; ++i) net.add("node" + std::to_string(i));
  net.set(0, "door", Value::text("closed"));
  net.run_for(30s);
  for (std::size_t i = 2; i < 6; ++i) net.cut.insert({0, i});
  const NodeId id = net.node(0).self().id();
  net.stop(0, ByeReason::leaving);
  net.run_for(1s);
  net.cut.clear();
  EXPECT_EQ(net.node(1).peers().find(id)->life.state, PeerState::left);
  EXPECT_TRUE(net.run_until(
      [&] {
        for (std::size_t i = 1; i < 6; ++i) {
          if (net.node(i).peers().find(id)->life.state != PeerState::left) return false;
        }
        return true;
      },
      60s));
}

}  // namespace dsn::test
