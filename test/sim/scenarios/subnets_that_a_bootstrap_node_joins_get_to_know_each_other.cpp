// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

namespace {

Endpoint host(std::uint8_t subnet, std::uint8_t number) {
  return Endpoint::ipv4({192, 168, subnet, number}, 17373);
}

}  // namespace

// Nobody hears another's multicast, each sees its own subnet only, and the bootstrap node is in one
// that nobody else is in.
// protocol.md [hearsay-site]
TEST(Scenario, SubnetsThatABootstrapNodeJoinsGetToKnowEachOther) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  for (std::uint8_t i = 0; i < 10; ++i) {
    const auto subnet = static_cast<std::uint8_t>(i == 0 ? 0 : 1 + i % 3);
    net.add("node" + std::to_string(i),
            i == 0 ? std::vector<std::size_t>{} : std::vector{std::size_t{0}});
    net.move(i, host(subnet, static_cast<std::uint8_t>(1 + i)));
    net.node(i).set_links({{host(subnet, 0), 24}}, net.now());
  }
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 60s));
}

}  // namespace dsn::test
