// SPDX-License-Identifier: Apache-2.0
#include "net/socket_options.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace dsn::net {
namespace {

int option(const Descriptor& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(socket.get(), level, name, &value, &size), 0);
  return value;
}

// protocol.md [frame-whole] [group-source]
TEST(SocketOptions, SendFragmentsWhereThePathIsSmallAndMulticastNoFurtherThanTheLink) {
  const OpenedSocket four = open_unicast_socket(Endpoint::ipv4({127, 0, 0, 1}, 0));
  ASSERT_EQ(four.error, 0);
  EXPECT_EQ(option(four.socket, IPPROTO_IP, IP_MTU_DISCOVER), IP_PMTUDISC_OMIT);
  EXPECT_EQ(option(four.socket, IPPROTO_IP, IP_MULTICAST_TTL), 1);
  const OpenedSocket six = open_unicast_socket(Endpoint::ipv6({}, 0));
  if (six.error != 0) GTEST_SKIP() << "no IPv6 here";
  EXPECT_EQ(option(six.socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER), IPV6_PMTUDISC_PROBE);
  EXPECT_EQ(option(six.socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 1);
}

}  // namespace
}  // namespace dsn::net
