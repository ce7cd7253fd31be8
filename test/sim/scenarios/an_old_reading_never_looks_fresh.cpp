// SPDX-License-Identifier: Apache-2.0
// Stale readings were shown as live until something overheated (home-assistant/core#81069).
#include <gtest/gtest.h>

#include "support/virtual_network.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Duration age(VirtualNetwork& net, std::size_t reader, std::size_t owner, const std::string& key) {
  const Peer* peer = net[reader].node->peers().find(net.node(owner).self().id());
  CborReader in(*peer->copy.replica.store().find(key));
  return net.now(reader) - peer->copy.replica.local_time(decode_entry(in).sampled_ms);
}

TEST(Scenario, AnOldReadingNeverLooksFresh) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  net.set(a, "boiler", Value::real(60));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 5s));
  net.run_for(1h);
  EXPECT_GE(age(net, b, a, "boiler"), 1h);
  // Who slept, who restarted, and who came later know it too.
  net.suspend(b, 2h);
  net.run_for(1min);
  EXPECT_GE(age(net, b, a, "boiler"), 1h);
  net.kill(b);
  net.run_for(1h);
  net.restart(b, 2);
  const auto late = net.add("late");
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  EXPECT_GE(age(net, b, a, "boiler"), 2h);
  EXPECT_GE(age(net, late, a, "boiler"), 2h);
  EXPECT_LE(age(net, late, a, "boiler"), 2h + 2min);
}

}  // namespace
}  // namespace dsn::test
