// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"

#include <gtest/gtest.h>
#include <net/if.h>

#include <string>

namespace dsn::net {
namespace {

Endpoint round_trip(const Endpoint& endpoint) {
  SocketAddress address;
  const socklen_t size = to_socket_address(endpoint, address);
  return to_endpoint(address, size).value();
}

TEST(SocketAddress, SurvivesTheRoundTrip) {
  for (const char* text : {"192.168.1.7", "0.0.0.0", "::1", "2001:db8::7", "fe80::1%3"}) {
    const std::optional<Endpoint> endpoint = parse_address(text, 17373);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(round_trip(*endpoint), *endpoint) << text;
  }
}

TEST(SocketAddress, IsShownWithTheNameOfItsInterface) {
  const std::array<std::uint8_t, 16> link_local{0xfe, 0x80, 0, 0, 0, 0, 0, 0,
                                                0,    0,    0, 0, 0, 0, 0, 1};
  const std::uint32_t loopback = if_nametoindex("lo");
  EXPECT_EQ(address_text(Endpoint::ipv6(link_local, 17373, loopback)), "[fe80::1%lo]:17373");
  EXPECT_EQ(host_text(Endpoint::ipv6(link_local, 17373, loopback)), "fe80::1%lo");
  EXPECT_EQ(address_text(Endpoint::ipv6(link_local, 1, 4'000'000)), "[fe80::1%4000000]:1");
  EXPECT_EQ(address_text(Endpoint::ipv4({192, 168, 1, 7}, 17373)), "192.168.1.7:17373");
}

TEST(SocketAddress, ScopeIsKeptForLinkLocalOnly) {
  Endpoint global = *parse_address("2001:db8::7", 1);
  global.scope = 4;
  EXPECT_EQ(round_trip(global).scope, 0U);
  EXPECT_EQ(parse_address("2001:db8::7%4", 1)->scope, 0U);
  EXPECT_EQ(parse_address("fe80::1%4", 1)->scope, 4U);
  EXPECT_EQ(parse_address("ff12::1%4", 1)->scope, 4U);
}

TEST(SocketAddress, ShortAndForeignAddressesAreNone) {
  SocketAddress address;
  const socklen_t size = to_socket_address(*parse_address("::1", 1), address);
  EXPECT_FALSE(to_endpoint(address, size - 1));
  EXPECT_FALSE(to_endpoint(address, 1));
  EXPECT_FALSE(to_endpoint(address, 0));
  EXPECT_FALSE(to_endpoint(nullptr));
  address.any.sa_family = AF_UNIX;
  EXPECT_FALSE(to_endpoint(address, sizeof address));
}

TEST(SocketAddress, ParsesOnlyNumericAddresses) {
  EXPECT_EQ(parse_address("192.168.1.7", 5)->to_string(), "192.168.1.7:5");
  EXPECT_EQ(parse_address("fe80::1%lo", 5)->scope, 1U);
  for (const std::string wrong :
       {"", "host", "1.2.3", "1.2.3.4.5", "1.2.3.4:5", "[::1]", "::g", "fe80::1%", "fe80::1%0",
        "fe80::1%nosuchif0", "1.2.3.4%lo", "fe80::1%99999999999"}) {
    EXPECT_FALSE(parse_address(wrong, 5)) << wrong;
  }
  EXPECT_FALSE(parse_address(std::string("1.2.3.4\0x", 9), 5));
}

TEST(SocketAddress, KnowsSpecialAddresses) {
  EXPECT_TRUE(parse_address("239.255.1.1", 0)->is_multicast());
  EXPECT_TRUE(parse_address("224.0.0.1", 0)->is_multicast());
  EXPECT_TRUE(parse_address("ff05::1", 0)->is_multicast());
  EXPECT_FALSE(parse_address("240.0.0.1", 0)->is_multicast());
  EXPECT_FALSE(parse_address("fe80::1", 0)->is_multicast());
  EXPECT_TRUE(parse_address("0.0.0.0", 9)->is_unspecified());
  EXPECT_TRUE(parse_address("::", 9)->is_unspecified());
  EXPECT_FALSE(parse_address("::1", 9)->is_unspecified());
  EXPECT_TRUE(needs_interface(*parse_address("febf::1", 0)));
  EXPECT_TRUE(needs_interface(*parse_address("ff12::1", 0)));
  EXPECT_FALSE(needs_interface(*parse_address("fec0::1", 0)));
  EXPECT_FALSE(needs_interface(*parse_address("ff15::1", 0)));
  EXPECT_FALSE(needs_interface(*parse_address("254.128.0.1", 0)));
}

}  // namespace
}  // namespace dsn::net
