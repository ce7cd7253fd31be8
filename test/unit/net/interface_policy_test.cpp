// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "net/interface.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

Interface ethernet(const std::string& name, unsigned index,
                   const std::vector<std::string>& addresses) {
  Interface interface {
    .name = name, .index = index, .up = true, .carrier = true, .multicast = true
  };
  for (const std::string& address : addresses) {
    interface.addresses.push_back(parse_address(address, 0).value());
  }
  return interface;
}

Interface loopback() {
  Interface interface = ethernet("lo", 1, {"127.0.0.1", "::1"});
  interface.loopback = true;
  interface.multicast = false;
  return interface;
}

std::vector<std::string> names(const std::vector<InterfacePlan>& plans) {
  std::vector<std::string> all;
  for (const InterfacePlan& plan : plans) all.push_back(plan.interface.name);
  return all;
}

TEST(InterfacePolicy, LoopbackIsJoinedForIpv4Only) {
  const auto plans = plan_interfaces({loopback()}, {});
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_EQ(plans[0].ipv4, parse_address("127.0.0.1", 0));
  EXPECT_FALSE(plans[0].ipv6);
  EXPECT_EQ(plans[0].problem, "");
}

TEST(InterfacePolicy, ContainersAndVpnsAreLeftOutByDefault) {
  std::vector<Interface> found = {loopback()};
  unsigned index = 2;
  for (const char* name : {"docker0", "veth12ab", "br-0a1b2c3d4e5f", "virbr0", "cni0", "flannel.1",
                           "tap0", "vnet3", "br0", "br-lan", "eth0", "wlan0", "usb0", "end0"}) {
    found.push_back(ethernet(name, index++, {"10.0.0.1"}));
  }
  found.push_back(ethernet("tun0", index, {"10.8.0.2"}));
  found.back().point_to_point = true;
  EXPECT_EQ(names(plan_interfaces(found, {})),
            (std::vector<std::string>{"lo", "br0", "br-lan", "eth0", "wlan0", "usb0", "end0"}));
}

TEST(InterfacePolicy, SaysWhyOneIsLeftOut) {
  const Interface eth0 = ethernet("eth0", 2, {"10.0.0.1"});
  Interface port = ethernet("lan1", 3, {"fe80::1%3"});
  port.master = "br-lan";
  Interface vpn = ethernet("tun0", 4, {"10.8.0.2"});
  vpn.point_to_point = true;
  EXPECT_EQ(why_left_out(eth0, {}), "");
  EXPECT_EQ(why_left_out(port, {}), "a port of br-lan");
  EXPECT_EQ(why_left_out(vpn, {}),
            "a point-to-point link (VPN); to use it, name it in `interfaces`");
  EXPECT_EQ(why_left_out(ethernet("docker0", 5, {}), {}),
            "of containers or virtual machines, by its name; to use it, name it in `interfaces`");
  EXPECT_EQ(why_left_out(eth0, {.names = {"lan*", "tun0"}}), "`interfaces` does not name it");
  EXPECT_EQ(why_left_out(port, {.names = {"lan*", "tun0"}}), "");
  EXPECT_EQ(why_left_out(eth0, {.address = parse_address("10.0.0.9", 0)}),
            "it does not have the address of `network_ip`");
}

TEST(InterfacePolicy, NamesReplaceTheDefault) {
  std::vector<Interface> found = {loopback(), ethernet("eth0", 2, {"10.0.0.1"}),
                                  ethernet("docker0", 3, {"10.1.0.1"}),
                                  ethernet("tun0", 4, {"10.2.0.1"})};
  found.back().point_to_point = true;
  const auto plans = plan_interfaces(found, {.names = {"docker*", "tun0"}});
  EXPECT_EQ(names(plans), (std::vector<std::string>{"docker0", "tun0"}));
  EXPECT_TRUE(plans[0].ipv4 && plans[1].ipv4);
}

TEST(InterfacePolicy, SaysWhyOneIsNotJoined) {
  Interface down = ethernet("eth0", 2, {"10.0.0.1"});
  down.up = down.carrier = false;
  Interface unplugged = ethernet("eth1", 3, {"10.0.0.2"});
  unplugged.carrier = false;
  const Interface bare = ethernet("eth2", 4, {});
  Interface wireguard = ethernet("wg0", 5, {"10.9.0.1"});
  wireguard.multicast = false;
  const auto plans = plan_interfaces({down, unplugged, bare, wireguard},
                                     {.names = {"eth*", "wg0", "wlan0", "usb*"}});
  ASSERT_EQ(plans.size(), 5U);
  EXPECT_EQ(plans[0].problem, "it is down");
  EXPECT_EQ(plans[1].problem, "no carrier");
  EXPECT_EQ(plans[2].problem, "no usable address");
  EXPECT_EQ(plans[3].problem, "it cannot multicast");
  EXPECT_EQ(plans[4].problem, "there is no such interface");
  EXPECT_EQ(plans[4].interface.name, "wlan0");
  for (const InterfacePlan& plan : plans) EXPECT_FALSE(plan.ipv4 || plan.ipv6);
}

TEST(InterfacePolicy, EachFamilyNeedsAnAddressOfItsOwn) {
  const auto plans = plan_interfaces(
      {ethernet("eth0", 2, {"10.0.0.1", "10.0.0.2"}), ethernet("eth1", 3, {"fe80::1%3"}),
       ethernet("eth2", 4, {"10.0.0.3", "fe80::1%4"})},
      {});
  ASSERT_EQ(plans.size(), 3U);
  EXPECT_EQ(plans[0].ipv4, parse_address("10.0.0.1", 0));
  EXPECT_FALSE(plans[0].ipv6);
  EXPECT_FALSE(plans[1].ipv4);
  EXPECT_TRUE(plans[1].ipv6);
  EXPECT_TRUE(plans[2].ipv4 && plans[2].ipv6);
}

TEST(InterfacePolicy, AnAddressChoosesItsInterfaceAndFamily) {
  const std::vector<Interface> found = {loopback(),
                                        ethernet("eth0", 2, {"10.0.0.1", "10.0.0.2", "fe80::1%2"}),
                                        ethernet("docker0", 3, {"10.1.0.1", "fe80::1%3"})};
  auto plans = plan_interfaces(found, {.address = parse_address("10.0.0.2", 0)});
  ASSERT_EQ(names(plans), std::vector<std::string>{"eth0"});
  EXPECT_EQ(plans[0].ipv4, parse_address("10.0.0.2", 0));
  EXPECT_FALSE(plans[0].ipv6);
  plans = plan_interfaces(found, {.address = parse_address("fe80::1%3", 0)});
  ASSERT_EQ(names(plans), std::vector<std::string>{"docker0"});
  EXPECT_FALSE(plans[0].ipv4);
  EXPECT_TRUE(plans[0].ipv6);
  plans = plan_interfaces(found, {.address = parse_address("10.0.0.9", 0)});
  ASSERT_EQ(names(plans), std::vector<std::string>{"network_ip"});
  EXPECT_EQ(plans[0].problem, "no interface has this address now");
  EXPECT_FALSE(plans[0].ipv4 || plans[0].ipv6);
}

TEST(InterfacePolicy, NoMoreThanTheKernelAllows) {
  std::vector<Interface> found;
  for (unsigned i = 1; i <= 20; ++i) {
    found.push_back(
        ethernet("eth" + std::to_string(i), i, {"10.0.0.1", "fe80::1%" + std::to_string(i)}));
  }
  const auto plans = plan_interfaces(found, {});
  ASSERT_EQ(plans.size(), 20U);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    EXPECT_EQ(plans[i].ipv4.has_value(), i < InterfacePolicy::kInterfacesMax);
    EXPECT_EQ(plans[i].ipv6, i < InterfacePolicy::kInterfacesMax);
    EXPECT_EQ(plans[i].problem.empty(), i < InterfacePolicy::kInterfacesMax);
  }
}

TEST(InterfacePolicy, MulticastSwitchedOffJoinsNothing) {
  const auto plans = plan_interfaces({loopback()}, {.multicast = false});
  ASSERT_EQ(plans.size(), 1U);
  EXPECT_FALSE(plans[0].ipv4);
  EXPECT_EQ(plans[0].problem, "multicast is switched off");
}

}  // namespace
}  // namespace dsn::net
