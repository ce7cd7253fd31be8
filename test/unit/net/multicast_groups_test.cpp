// SPDX-License-Identifier: Apache-2.0
#include "net/multicast_groups.hpp"

#include <gtest/gtest.h>
#include <net/if.h>

#include <chrono>

#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

// Free a moment ago; other processes may share it.
std::uint16_t free_port() {
  return local_endpoint(open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0)).socket.get()).port;
}

class MulticastGroupsTest : public testing::Test {
 protected:
  asio::io_context io_;
  NetCounters counters_;
  int changes_ = 0;
  MulticastGroups groups_{
      io_,
      counters_,
      {Endpoint::ipv4({239, 255, 77, 1}, free_port()), [](int) { return ReadOutcome::alive; }},
      {},
      std::chrono::hours(1),
      [this] { ++changes_; }};
  const unsigned loopback_ = if_nametoindex("lo");
};

TEST_F(MulticastGroupsTest, AreJoinedWhileOpen) {
  groups_.open({.names = {"lo"}});
  EXPECT_TRUE(groups_.ipv4().joined(loopback_));
  EXPECT_FALSE(groups_.ipv6().joined(loopback_));
  ASSERT_EQ(groups_.plans().size(), 1U);
  EXPECT_EQ(groups_.interface_name(loopback_), "lo");
  EXPECT_EQ(groups_.interface_name(0), "");
  groups_.close();
  EXPECT_FALSE(groups_.ipv4().joined(loopback_));
  EXPECT_TRUE(groups_.status().empty());
  EXPECT_EQ(changes_, 0) << "what open() finds is no change";
}

TEST_F(MulticastGroupsTest, OtherInterfacesAreAChangeOnce) {
  groups_.open({.names = {"lo"}});
  groups_.set_interfaces({"no-such-one"});
  EXPECT_EQ(changes_, 1);
  EXPECT_FALSE(groups_.ipv4().joined(loopback_));
  ASSERT_FALSE(groups_.status().empty());
  EXPECT_EQ(groups_.status()[0].name, "no-such-one");
  EXPECT_EQ(groups_.status()[0].problem, "there is no such interface");
  groups_.set_interfaces({"no-such-one"});
  EXPECT_EQ(changes_, 1);
  groups_.set_interfaces({"lo"});
  EXPECT_EQ(changes_, 2);
  EXPECT_TRUE(groups_.status()[0].ipv4_joined);
  EXPECT_EQ(groups_.status()[0].problem, "");
  groups_.close();
}

}  // namespace
}  // namespace dsn::net
