// SPDX-License-Identifier: Apache-2.0
// The line that `systemctl status` shows of the agent.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "dsn/status.hpp"

namespace dsn::agent {

struct ServiceFacts {
  bool has_network_key = false;
  std::size_t peers = 0;  ///< other nodes that are live
  std::size_t sensors = 0;
  std::size_t sensors_late = 0;
  std::size_t sensors_failing = 0;
  bool multicast = true;                    ///< whether it is configured
  std::vector<InterfaceStatus> interfaces;  ///< that the node uses, or would like to use
  std::size_t warnings = 0;                 ///< about the network
  std::string problem;  ///< why there is no network at all; empty if there is one
};

/// "7 peers, 12 sensors (1 late), multicast joined on eth0, not on wlan0,
/// 1 warning: see dsn status"
[[nodiscard]] std::string service_status(const ServiceFacts& facts);

}  // namespace dsn::agent
