// SPDX-License-Identifier: Apache-2.0
#include "web/host_check.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace dsn::web {
namespace {

TEST(HostCheck, TakesAddressesAndOwnNames) {
  char name[256] = {};
  ASSERT_EQ(gethostname(name, sizeof name - 1), 0);
  const HostCheck hosts({"Sensors.Example"});
  for (const std::string host : {"127.0.0.1:8173", "192.168.1.5", "[fe80::1]:8173", "localhost:1",
                                 "LOCALHOST", "sensors.example:80"}) {
    EXPECT_TRUE(hosts.admits(host)) << host;
  }
  EXPECT_TRUE(hosts.admits(std::string(name) + ":8173"));
  EXPECT_TRUE(hosts.admits(std::string(name) + ".local"));
}

TEST(HostCheck, RefusesNamesOfOthers) {
  const HostCheck hosts({});
  for (const std::string host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
                                 "", ":8173", "[", "[]", "sensors.example"}) {
    EXPECT_FALSE(hosts.admits(host)) << host;
  }
}

}  // namespace
}  // namespace dsn::web
