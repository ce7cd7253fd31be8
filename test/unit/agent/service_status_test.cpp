// SPDX-License-Identifier: Apache-2.0
#include "agent/service_status.hpp"

#include <gtest/gtest.h>

namespace dsn::agent {
namespace {

ServiceFacts facts() {
  return {.has_network_key = true,
          .peers = 7,
          .sensors = 12,
          .sensors_late = 1,
          .interfaces = {{.name = "lo", .ipv4_joined = true},
                         {.name = "eth0", .ipv4_joined = true},
                         {.name = "wlan0", .problem = "cannot join"}}};
}

TEST(ServiceStatus, IsALine) {
  EXPECT_EQ(service_status(facts()),
            "7 peers, 12 sensors (1 late), multicast joined on eth0, not on wlan0");
}

TEST(ServiceStatus, CountsWarnings) {
  ServiceFacts some = facts();
  some.warnings = 1;
  EXPECT_EQ(
      service_status(some),
      "7 peers, 12 sensors (1 late), multicast joined on eth0, not on wlan0, 1 warning: see dsn "
      "status");
}

TEST(ServiceStatus, CountsWhatFails) {
  ServiceFacts some = facts();
  some.peers = 1;
  some.sensors = 1;
  some.sensors_late = 0;
  some.sensors_failing = 1;
  some.multicast = false;
  EXPECT_EQ(service_status(some), "1 peer, 1 sensor (1 failing)");
  some.sensors = 2;
  some.sensors_late = 1;
  EXPECT_EQ(service_status(some), "1 peer, 2 sensors (1 late, 1 failing)");
}

TEST(ServiceStatus, SaysWhatIsMissing) {
  ServiceFacts some = facts();
  some.sensors_late = 0;
  some.interfaces[1].ipv4_joined = false;
  EXPECT_EQ(service_status(some), "7 peers, 12 sensors, no multicast on eth0 wlan0");
  some.interfaces.push_back({.name = "docker0", .left_out = "of containers"});
  EXPECT_EQ(service_status(some).find("docker0"), std::string::npos);
  some.interfaces.clear();
  EXPECT_EQ(service_status(some), "7 peers, 12 sensors, no network interface");
  some.problem = "port 17373 is taken";
  EXPECT_EQ(service_status(some), "7 peers, 12 sensors, port 17373 is taken");
  some.has_network_key = false;
  EXPECT_EQ(service_status(some), "no network key: run 'dsn init' or 'dsn join'; 12 sensors");
}

}  // namespace
}  // namespace dsn::agent
