// SPDX-License-Identifier: Apache-2.0
#include "net/return_ways.hpp"

#include <gtest/gtest.h>

#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

constexpr unsigned kEth = 2;
constexpr unsigned kWlan = 3;

Interface on_link(unsigned index, const std::string& address, bool carrier = true,
                  unsigned bits = 24) {
  Interface interface;
  interface.index = index;
  interface.up = true;
  interface.carrier = carrier;
  interface.addresses = {parse_address(address, 0).value()};
  interface.links = {{interface.addresses.front(), bits}};
  return interface;
}

// The kernel sends all by eth.
class ReturnWaysTest : public testing::Test {
 protected:
  void connect(bool eth_carrier) {
    ways_.set_interfaces({on_link(kEth, "10.0.0.1", eth_carrier), on_link(kWlan, "10.0.0.101")});
  }
  void note(unsigned index) { ways_.note(peer_, index, now_); }
  unsigned way() const { return ways_.way_to(peer_, now_); }

  unsigned route_ = kEth;
  ReturnWays ways_{[this](const Endpoint&) { return route_; }};
  ReturnWays::Clock::time_point now_{std::chrono::hours(1)};
  const Endpoint peer_ = Endpoint::ipv4({10, 0, 0, 7}, 17373);
};

TEST_F(ReturnWaysTest, AreNotNeededWhereAddressesDiffer) {
  ways_.set_interfaces({on_link(kEth, "10.0.0.1"), on_link(kWlan, "10.0.1.1")});
  EXPECT_FALSE(ways_.needed());
  connect(true);
  EXPECT_TRUE(ways_.needed());
}

TEST_F(ReturnWaysTest, WhoIsHeardByTheUsualWayIsAnsweredThere) {
  connect(true);
  EXPECT_EQ(way(), 0U) << "not heard at all";
  note(kWlan);
  EXPECT_EQ(way(), 0U) << "it may come by eth too";
  note(kEth);
  for (int second = 0; second < 60; ++second) {
    now_ += std::chrono::seconds(1);
    if (second % 9 == 0) note(kEth);
    note(kWlan);
    EXPECT_EQ(way(), 0U) << second;
  }
}

TEST_F(ReturnWaysTest, WhoIsHeardOnlyElsewhereIsAnsweredThere) {
  connect(true);
  note(kWlan);
  now_ += ReturnWays::kFirst;
  note(kWlan);
  EXPECT_EQ(way(), kWlan);
  EXPECT_EQ(ways_.way_to(Endpoint::ipv4({10, 0, 0, 8}, 17373), now_), 0U) << "another node";
  note(kEth);
  EXPECT_EQ(way(), 0U);
  now_ += ReturnWays::kSilent;
  EXPECT_EQ(way(), 0U) << "silent everywhere";
  note(kWlan);
  EXPECT_EQ(way(), kWlan);
}

TEST_F(ReturnWaysTest, AnInterfaceWithoutCarrierIsNoWay) {
  connect(true);
  note(kEth);
  connect(false);
  EXPECT_EQ(way(), kWlan);
  note(kEth);  // was under way
  EXPECT_EQ(way(), kWlan);
  note(kWlan);
  EXPECT_EQ(way(), kWlan);
  connect(true);
  note(kEth);
  EXPECT_EQ(way(), 0U);
}

TEST_F(ReturnWaysTest, ARouteOfTheOperatorsCounts) {
  connect(false);
  note(kWlan);
  now_ += ReturnWays::kSilent;
  route_ = 9;  // through a VPN
  EXPECT_EQ(way(), 0U);
  route_ = 0;  // none
  EXPECT_EQ(way(), 0U);
}

TEST_F(ReturnWaysTest, ForgetAllAtTheBound) {
  ways_.set_interfaces({on_link(kEth, "10.0.0.1", true, 16), on_link(kWlan, "10.0.0.2", true, 16)});
  const auto host = [](std::size_t i) {
    return Endpoint::ipv4({10, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)},
                          17373);
  };
  for (std::size_t i = 0; i < ReturnWays::kAddressesMax; ++i) ways_.note(host(i), kWlan, now_);
  now_ += ReturnWays::kFirst;
  EXPECT_EQ(ways_.way_to(host(9), now_), kWlan);
  ways_.note(host(ReturnWays::kAddressesMax), kWlan, now_);
  EXPECT_EQ(ways_.way_to(host(9), now_), 0U);
}

}  // namespace
}  // namespace dsn::net
