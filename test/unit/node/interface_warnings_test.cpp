// SPDX-License-Identifier: Apache-2.0
#include "node/interface_warnings.hpp"

#include <gtest/gtest.h>

namespace dsn::node {
namespace {

const Endpoint kShed = Endpoint::ipv4({10, 0, 0, 7}, 17373);
const Prefix kLan{Endpoint::ipv4({10, 0, 0, 0}, 0), 24};

net::InterfacePlan plan(const std::string& name, bool carrier = true) {
  net::InterfacePlan one;
  one.interface.name = name;
  one.interface.up = true;
  one.interface.carrier = carrier;
  one.interface.links = {kLan};
  return one;
}

InterfaceStatus joined(const std::string& name) {
  return {.name = name, .ipv4_joined = true, .ipv6_joined = true};
}

/// One interface, on which another machine was just heard.
InterfaceFacts healthy() {
  InterfaceFacts facts;
  facts.plans = {plan("eth0")};
  facts.status = {joined("eth0")};
  facts.status[0].heard_ago = std::chrono::seconds(20);
  facts.reached = {kShed};
  facts.up = 24h;
  return facts;
}

std::vector<std::string> codes(const InterfaceFacts& facts) {
  std::vector<std::string> all;
  for (const Warning& warning : interface_warnings(facts)) all.push_back(warning.code);
  return all;
}

using Codes = std::vector<std::string>;

TEST(InterfaceWarnings, AHealthyMachineHasNone) {
  EXPECT_EQ(codes(healthy()), Codes{});
  InterfaceFacts two = healthy();  // the second one has no cable, and its own addresses
  two.plans.push_back(plan("eth1", false));
  two.plans[1].interface.links = {{Endpoint::ipv4({192, 168, 1, 0}, 0), 24}};
  two.status.push_back({.name = "eth1", .problem = "no carrier"});
  two.missed = {{"barn", kShed}};
  EXPECT_EQ(codes(two), Codes{});
  EXPECT_EQ(codes({}), Codes{});
}

TEST(InterfaceWarnings, MulticastThatStopsIsTold) {
  InterfaceFacts facts = healthy();
  facts.status[0].heard_ago = 6min;
  ASSERT_EQ(codes(facts), Codes{"multicast-unheard"});
  EXPECT_NE(interface_warnings(facts)[0].text.find("for 6m"), std::string::npos);
  facts.status[0].heard_ago.reset();
  ASSERT_EQ(codes(facts), Codes{"multicast-unheard"});
  facts.up = 4min;
  EXPECT_EQ(codes(facts), Codes{});
  facts.up = 24h;
  facts.reached = {Endpoint::ipv4({192, 168, 1, 7}, 17373)};  // through a router
  EXPECT_EQ(codes(facts), Codes{});
  facts.reached = {kShed};
  facts.status[0].ipv4_joined = facts.status[0].ipv6_joined = false;
  EXPECT_EQ(codes(facts), Codes{});
}

TEST(InterfaceWarnings, ACableThatIsMissedIsTold) {
  InterfaceFacts facts = healthy();
  facts.plans[0].interface.carrier = false;
  EXPECT_EQ(codes(facts), Codes{});
  facts.missed = {{"shed", kShed}, {"far", Endpoint::ipv4({192, 168, 1, 7}, 17373)}};
  ASSERT_EQ(codes(facts), Codes{"no-carrier"});
  EXPECT_EQ(interface_warnings(facts)[0].text,
            "eth0 has no carrier, and the way to shed leads over it");
  facts.plans.push_back(plan("wlan0"));
  EXPECT_EQ(codes(facts), Codes{});
}

TEST(InterfaceWarnings, AGroupThatCannotBeJoinedIsTold) {
  InterfaceFacts facts = healthy();
  facts.status[0].problem = std::string(net::kCannotJoin) + "the IPv4 group: ENOBUFS";
  EXPECT_EQ(codes(facts), Codes{"group-not-joined"});
}

TEST(InterfaceWarnings, APortOfABridgeIsTold) {
  InterfaceFacts facts = healthy();
  facts.plans[0].interface.master = "br-lan";
  EXPECT_EQ(codes(facts), Codes{"bridge-port"});
}

}  // namespace
}  // namespace dsn::node
