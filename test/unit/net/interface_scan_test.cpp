// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "net/interface.hpp"

namespace dsn::net {
namespace {

TEST(InterfaceScan, ListsEachInterfaceOnceByIndex) {
  std::vector<Interface> found;
  ASSERT_EQ(scan_interfaces(found), 0);
  const auto same_index = [](const Interface& a, const Interface& b) { return a.index >= b.index; };
  EXPECT_EQ(std::ranges::adjacent_find(found, same_index), found.end());
  const auto lo = std::ranges::find(found, "lo", &Interface::name);
  ASSERT_NE(lo, found.end());
  EXPECT_TRUE(lo->loopback);
}

TEST(InterfaceScan, ReadsTheStateOfAnIpv6Address) {
  const auto state =
      parse_if_inet6("fe800000000000005054 00fffe123456 02 40 20 80 eth0");  // a blank too many
  EXPECT_FALSE(state);
  const auto permanent = parse_if_inet6("fe80000000000000505400fffe123456 0a 40 20 80     eth0");
  ASSERT_TRUE(permanent);
  EXPECT_EQ(permanent->interface_index, 10U);
  EXPECT_TRUE(permanent->usable);
  EXPECT_EQ(to_hex(permanent->address.address), "fe80000000000000505400fffe123456");
  EXPECT_FALSE(parse_if_inet6("fe80000000000000505400fffe123456 02 40 20 c0 eth0")->usable);
  EXPECT_FALSE(parse_if_inet6("fe80000000000000505400fffe123456 02 40 20 88 eth0")->usable);
  // Optimistic (RFC 4429): tentative, and may be used.
  EXPECT_TRUE(parse_if_inet6("fe80000000000000505400fffe123456 02 40 20 c4 eth0")->usable);
}

TEST(InterfaceScan, IgnoresMalformedLines) {
  for (const char* line :
       {"", " ", "fe80", "fe80 02 40 20 80 eth0", "fe80000000000000505400fffe123456",
        "fe80000000000000505400fffe123456 zz 40 20 80 eth0",
        "fe80000000000000505400fffe123456 02 40 20 80",
        "xx80000000000000505400fffe123456 02 40 20 80 eth0"}) {
    EXPECT_FALSE(parse_if_inet6(line)) << line;
  }
}

}  // namespace
}  // namespace dsn::net
