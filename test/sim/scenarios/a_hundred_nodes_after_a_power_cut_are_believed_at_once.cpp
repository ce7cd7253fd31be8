// SPDX-License-Identifier: Apache-2.0
// A signature takes 20 ms to verify on small boards, so a node that waits for one of each would
// need seconds for a hundred others.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

namespace {

/// How long it takes until a station that stayed up has a reading of each of a hundred nodes.
Duration time_to_believe_a_hundred(double public_key_operations_per_second) {
  NetworkOptions options;
  options.public_key_operations_per_second = public_key_operations_per_second;
  VirtualNetwork net(options);
  const auto station = net.add("station");
  std::vector<std::size_t> nodes;
  for (int i = 0; i < 100; ++i) {
    nodes.push_back(net.add("node" + std::to_string(i)));
    net.run_for(1s);
  }
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 600s));
  for (const std::size_t node : nodes) net.kill(node);
  net.run_for(100ms);
  std::vector<Endpoint> addresses;
  for (std::size_t i = 0; i < net.size(); ++i) addresses.push_back(net[i].endpoint);
  for (const std::size_t node : nodes) {
    net[node].options.remembered = addresses;
    net.restart(node, 2);
    net.set(node, "temperature", Value::integer(20));
  }
  const Instant begin = net.now();
  const auto all_are_read = [&] {
    return std::ranges::all_of(nodes, [&](std::size_t node) {
      return net.read(station, node, "temperature").has_value();
    });
  };
  EXPECT_TRUE(net.run_until(all_are_read, 60s));
  return net.now() - begin;
}

TEST(Scenario, AHundredNodesAfterAPowerCutAreBelievedAtOnce) {
  EXPECT_LT(time_to_believe_a_hundred(70), 2s) << "as fast as a PC";
  EXPECT_LT(time_to_believe_a_hundred(5), 4s) << "as slow as a Pi Zero, and with nothing on disk";
}

}  // namespace
}  // namespace dsn::test
