// SPDX-License-Identifier: Apache-2.0
// Every way to find each other, and the quiet after it.
#include <gtest/gtest.h>

#include "support/puppet.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

// protocol.md [trickle] [hello-at-rest]
TEST(Discovery, GetsQuietOnTheGroup) {
  VirtualNetwork net;
  for (int i = 0; i < 20; ++i) net.add("node" + std::to_string(i));
  ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
  net.run_for(20min);
  const std::uint64_t before = net.multicasts_sent;
  net.run_for(1h);
  // One speaks for all, and once in a while two do so in the same moment.
  EXPECT_LE(net.multicasts_sent - before, 75U);
  EXPECT_GE(net.multicasts_sent - before, 60U);
}

TEST(Discovery, ManyMeetSoonAndWithoutAStorm) {
  VirtualNetwork net;
  for (int i = 0; i < 100; ++i) net.add("node" + std::to_string(i));
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 20s));
  EXPECT_TRUE(net.run_until([&] { return net.in_sync(); }, 10s));
}

TEST(Discovery, FindsABootstrapNodeThatAppearsLater) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto coordinator = net.add("coordinator");
  net.kill(coordinator);
  net.add("attic", {coordinator});
  net.run_for(10min);
  net.restart(coordinator, 1);
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 61s));
}

TEST(Discovery, GoesByOtherBootstrapNodesFromOneMomentOn) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto old = net.add("old");
  const auto coordinator = net.add("coordinator");
  const auto attic = net.add("attic", {old});
  net.run_for(1h);
  const auto met = [&] { return net.node(attic).peers().all().size(); };
  EXPECT_EQ(met(), 1U);
  net.set_bootstraps(attic, {coordinator});
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 5s));
  EXPECT_EQ(met(), 2U);
  // Nobody is looked for any more; who is known stays known.
  net.set_bootstraps(attic, {});
  net.run_for(1h);
  EXPECT_TRUE(net.all_meet());
}

// protocol.md [contacts]
TEST(Discovery, GoesOnTryingABootstrapNodeForEver) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto coordinator = net.add("coordinator");
  const auto a = net.add("attic", {coordinator});
  for (std::uint32_t run = 2; run < 6; ++run) {
    ASSERT_TRUE(net.run_until([&] { return net.in_sync(); }, 61s)) << run;
    net.kill(coordinator);
    net.run_for(2h);
    net.restart(coordinator, run);
  }
  EXPECT_EQ(net.node(a).peers().all().front()->path.rung, Rung::bootstrap);
}

// protocol.md [contacts]
TEST(Discovery, TriesAddressesRememberedFromAnEarlierRun) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto a = net.add("attic");
  const auto b = net.add("cellar");
  net.kill(b);
  net[b].options.remembered = {net[a].endpoint, Endpoint::ipv4({10, 1, 2, 3}, 17373)};
  net.restart(b, 2);
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 5s));
  EXPECT_EQ(net.node(b).peers().all().front()->path.rung, Rung::remembered);
}

// protocol.md [confirmed-peers]
TEST(Discovery, LearnsOfOthersFromThoseItMeets) {
  NetworkOptions options;
  options.multicast = false;
  VirtualNetwork net(options);
  const auto first = net.add("node0");
  for (std::size_t i = 1; i < 30; ++i) net.add("node" + std::to_string(i), {i - 1});
  EXPECT_TRUE(net.run_until([&] { return net.all_meet(); }, 60s)) << "a chain becomes a mesh";
  const auto& peers = net.node(first).peers().all();
  EXPECT_TRUE(
      std::ranges::any_of(peers, [](const auto& p) { return p->path.rung == Rung::gossip; }));
}

TEST(Discovery, SaysHelloSoonAfterTheNetworkChanged) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  net.run_for(1h);
  const std::uint64_t before = net.multicasts_sent;
  // An interface that comes and goes must not put it off.
  for (int i = 0; i < 30; ++i) {
    net.network_changed(a);
    net.run_for(100ms);
  }
  EXPECT_GE(net.multicasts_sent, before + 1);
  EXPECT_LE(net.multicasts_sent, before + 10);
}

// protocol.md [peers-hint] [contact-limit]
TEST(Discovery, StaysWithinBoundsWhateverAMemberTellsOfOthers) {
  VirtualNetwork net;
  const auto a = net.add("attic");
  Puppet liar(net, a, 1);
  liar.join();
  const Endpoint victim = Endpoint::ipv4({9, 9, 9, 9}, 53);
  std::uint64_t hellos = 0;
  std::uint64_t at_victim = 0;
  net.filter = [&](std::size_t, const Endpoint& to, ByteView bytes) {
    if (bytes[0] >> 6 == 0) ++hellos;
    if (to == victim) ++at_victim;
    return true;
  };
  std::uint16_t port = 1;
  for (int second = 0; second < 600; ++second) {
    for (int i = 0; i < 10; ++i) {
      std::array<std::uint8_t, 1100> buffer;
      CborWriter encoded(buffer);
      for (int k = 0; k < 25; ++k) {
        NodeId id;
        id.bytes[0] = static_cast<std::uint8_t>(k);
        const Endpoint to = k == 0 ? victim : Endpoint::ipv4({8, 8, 8, 8}, port++);
        encode_peer_address(encoded, {id, to});
      }
      liar.say([&](CborWriter& out) { encode_peers(out, {25, encoded.written()}); });
    }
    net.run_for(1s);
    if (second % 5 == 0) liar.beat();
  }
  EXPECT_LE(static_cast<double>(hellos), 600 * kContactsPerSecond + 200);
  EXPECT_LE(at_victim, 130U);
  // What we know ourselves still gets through.
  Puppet gone(net, a, 2);
  gone.join();
  std::uint64_t at_gone = 0;
  net.filter = [&](std::size_t, const Endpoint& to, ByteView) {
    at_gone += to == gone.endpoint;
    return true;
  };
  net.run_for(5min);
  EXPECT_GE(at_gone, 3U);
}

}  // namespace
}  // namespace dsn::test
