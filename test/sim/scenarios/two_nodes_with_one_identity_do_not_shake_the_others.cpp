// SPDX-License-Identifier: Apache-2.0
// Two of one identity shook a whole fleet (consul#2430).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;

namespace {

using Kind = CoreEvent::Kind;

std::uint64_t frames_in_ten_minutes(VirtualNetwork& net) {
  const std::uint64_t before = net.datagrams_sent;
  net.run_for(10min);
  return net.datagrams_sent - before;
}

class Clones : public testing::TestWithParam<bool> {};

TEST_P(Clones, DoNotShakeTheOthers) {
  VirtualNetwork net;
  for (int i = 0; i < 8; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  net.run_for(1min);
  const std::uint64_t without = frames_in_ten_minutes(net);
  const NodeId twin = net.node(0).self().id();
  for (std::size_t i = 0; i < 8; ++i) net[i].events.clear();
  net.add_clone(0, 1, GetParam());
  // A ninth node makes 36 pairs of 28; beyond that, at most twelve a second. Of two with one
  // session the later one is not heard, since its clock is behind, and goes on knocking.
  EXPECT_LE(frames_in_ten_minutes(net), without * 36 / 28 + 600 * 12);
  for (std::size_t i = 1; i < 8; ++i) {
    for (const CoreEvent& event : net[i].events) EXPECT_EQ(event.origin, twin);
    net.set(i, "door", Value::boolean(true));
  }
  net.run_for(10s);
  for (std::size_t i = 1; i < 8; ++i) EXPECT_TRUE(net.read(8 - i, i, "door"));
}

INSTANTIATE_TEST_SUITE_P(Scenario, Clones, testing::Bool(), [](const auto& test) {
  return test.param ? "WithTheSameEntropy" : "WithTheirOwnEntropy";
});

}  // namespace
}  // namespace dsn::test
