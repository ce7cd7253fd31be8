// SPDX-License-Identifier: Apache-2.0
#include "base/interface_names.hpp"

#include <gtest/gtest.h>

namespace dsn {
namespace {

TEST(InterfaceNames, MatchesNamesAndPrefixes) {
  EXPECT_TRUE(matches_interface_name("eth0", "eth0"));
  EXPECT_FALSE(matches_interface_name("eth0", "eth01"));
  EXPECT_FALSE(matches_interface_name("eth", "eth0"));
  EXPECT_TRUE(matches_interface_name("eth*", "eth0"));
  EXPECT_TRUE(matches_interface_name("eth*", "eth"));
  EXPECT_FALSE(matches_interface_name("eth*", "wlan0"));
  EXPECT_TRUE(matches_interface_name("*", "anything"));
}

TEST(InterfaceNames, KnowsContainersAndVirtualMachines) {
  for (const char* name : {"docker0", "veth12ab", "br-0a1b2c3d4e5f", "virbr0", "cni0", "flannel.1",
                           "tap0", "vnet3", "lxdbr0", "podman1"}) {
    EXPECT_TRUE(is_virtual_interface(name)) << name;
  }
  for (const char* name : {"lo", "br0", "eth0", "wlan0", "usb0", "end0", "wg0", "tun0", "br-lan",
                           "br-eth0", "br-0123", "br-0a1b2c3d4e5g", "br-0a1b2c3d4e5f0"}) {
    EXPECT_FALSE(is_virtual_interface(name)) << name;
  }
}

}  // namespace
}  // namespace dsn
