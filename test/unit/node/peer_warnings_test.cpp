// SPDX-License-Identifier: Apache-2.0
#include "node/peer_warnings.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "node/connection_table.hpp"
#include "node/drop_warnings.hpp"
#include "support/puppet.hpp"
#include "support/temp_dir.hpp"
#include "support/virtual_network.hpp"

namespace dsn::node {
namespace {

using Codes = std::vector<std::string>;

Codes codes(const std::vector<Warning>& warnings) {
  Codes all;
  for (const Warning& warning : warnings) all.push_back(warning.code);
  return all;
}

/// Of two nodes that write each second, for five minutes.
Codes codes_at(double loss) {
  test::NetworkOptions options;
  options.loss = loss;
  test::VirtualNetwork net(options);
  net.add("attic");
  net.add("shed");
  for (int i = 0; i < 300; ++i) {
    net.set(0, "door", Value::integer(i));
    net.set(1, "door", Value::integer(i));
    net.run_for(1s);
  }
  return codes(peer_warnings(net.node(0), 17373, net.now()));
}

TEST(PeerWarnings, ALinkThatLosesMuchIsTold) {
  EXPECT_EQ(codes_at(0), Codes{});
  EXPECT_EQ(codes_at(0.1), Codes{});
  EXPECT_EQ(codes_at(0.4), Codes{"bad-link"});
}

TEST(PeerWarnings, ABadLinkThatIsMendedIsNone) {
  test::VirtualNetwork net;
  net.add("attic");
  net.add("shed");
  std::uint64_t sent = 0;
  bool is_bad = true;
  net.filter = [&](std::size_t, const Endpoint&, ByteView) { return !is_bad || ++sent % 2 == 0; };
  const auto warned = [&] {
    net.set(1, "door", Value::integer(static_cast<std::int64_t>(sent)));
    return !peer_warnings(net.node(0), 17373, net.now()).empty();
  };
  EXPECT_TRUE(net.run_until(warned, 10min));
  is_bad = false;
  EXPECT_TRUE(net.run_until([&] { return !warned(); }, 10min));
}

/// After datagrams that begin so came from one address.
std::vector<Warning> dropped(std::uint8_t first_byte, int count) {
  test::VirtualNetwork net;
  net.add("attic");
  Bytes datagram(60);
  datagram[0] = first_byte;
  for (int i = 0; i < count; ++i) net.inject(0, Endpoint::ipv4({10, 0, 0, 99}, 4711), datagram);
  net.run_for(1s);
  return drop_warnings(net.node(0), net.now());
}

// protocol.md [other-version]
TEST(DropWarnings, AnotherVersionIsToldFromAnotherProgram) {
  const auto version = dropped(0xd1, 3);
  ASSERT_EQ(codes(version), Codes{"other-version"});
  EXPECT_NE(version[0].text.find("10.0.0.99:4711 (version 1, 3)"), std::string::npos);
  EXPECT_EQ(codes(dropped(0x80, 6)), Codes{"not-dsn"});
  EXPECT_EQ(codes(dropped(0x80, 3)), Codes{});
  EXPECT_EQ(codes(dropped(0xd1, 1)), Codes{});
}

TEST(ConnectionTable, TellsWhetherItIsFull) {
  const test::TempDir root;
  const std::string folder = root.path() + "/proc/sys/net/netfilter";
  std::filesystem::create_directories(folder);
  EXPECT_FALSE(connection_table(root.path() + "/"));
  const auto write = [&](const std::string& name, int number) {
    std::ofstream(folder + "/" + name) << number << "\n";
  };
  write("nf_conntrack_max", 1000);
  write("nf_conntrack_count", 1000);
  ASSERT_TRUE(connection_table(root.path() + "/"));
  EXPECT_TRUE(connection_table(root.path() + "/")->is_full());
  write("nf_conntrack_count", 500);
  EXPECT_FALSE(connection_table(root.path() + "/")->is_full());
  EXPECT_EQ(connection_table(root.path() + "/")->max, 1000U);
}

Codes drop_codes(test::VirtualNetwork& net) { return codes(drop_warnings(net.node(0), net.now())); }

test::NetworkOptions with_authority() {
  test::NetworkOptions options;
  options.authority = true;
  return options;
}

TEST(DropWarnings, AStrangerWithAFormerKeyIsTold) {
  test::VirtualNetwork net(with_authority());
  net.add("attic");
  net.add("shed");
  net.run_for(5s);
  test::Puppet thief(net, 0, 1);
  net.rotate(0);
  net.run_for(1s);
  EXPECT_EQ(drop_codes(net), Codes{});
  thief.send(thief.hello());
  EXPECT_EQ(drop_codes(net), Codes{"former-key"});
}

TEST(DropWarnings, WhoIsOutAndComesBackIsTold) {
  test::VirtualNetwork net(with_authority());
  net.add("attic");
  net.add("shed");
  net.run_for(5s);
  net.rotate(0, {net.node(1).self().id()});
  EXPECT_EQ(drop_codes(net), Codes{});
  net.restart(1, 2);
  EXPECT_TRUE(net.run_until([&] { return drop_codes(net) == Codes{"out"}; }, 60s));
}

TEST(DropWarnings, AMemberThatHandsOnAForgedKeyIsTold) {
  test::VirtualNetwork net(with_authority());
  net.add("attic");
  net.run_for(5s);
  test::Puppet member(net, 0, 1);
  test::connect(net, {&member});
  member.join();
  const test::KeyRotation forged = net.authority.forged(7);
  member.say([&](wire::CborWriter& out) { wire::encode_key(out, forged.message()); });
  EXPECT_EQ(drop_codes(net), Codes{"bad-key"});
}

}  // namespace
}  // namespace dsn::node
