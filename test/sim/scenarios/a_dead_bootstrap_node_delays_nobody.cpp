// SPDX-License-Identifier: Apache-2.0
// Addresses were tried one after the other, for minutes (zenoh#2090), and having any of them
// switched multicast off (device-connect#51).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

TEST(Scenario, ADeadBootstrapNodeDelaysNobody) {
  for (const bool multicast : {true, false}) {
    NetworkOptions options;
    options.multicast = multicast;
    VirtualNetwork net(options);
    for (int i = 0; i < 3; ++i) net.kill(net.add("dead" + std::to_string(i)));
    const auto alive = net.add("alive");
    if (multicast) {
      net.add("node", {0, 1, 2});
    } else {
      net.add("node", {0, 1, 2, alive});
    }
    EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 1s));
  }
}

}  // namespace dsn::test
