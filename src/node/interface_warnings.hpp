// SPDX-License-Identifier: Apache-2.0
// What is wrong with the network interfaces of this machine.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "dsn/status.hpp"
#include "net/interface.hpp"
#include "node/node_runtime.hpp"

namespace dsn::node {

/// What interface_warnings() judges.
struct InterfaceFacts {
  /// A node that was there, and is not heard.
  struct Missed {
    std::string label;
    Endpoint endpoint;
  };
  std::vector<net::InterfacePlan> plans;
  std::vector<InterfaceStatus> status;
  std::vector<Endpoint> reached;  ///< where nodes are heard
  std::vector<Missed> missed;
  Duration up{};  ///< for how long the agent runs
};

[[nodiscard]] InterfaceFacts interface_facts(const NodeRuntime& node, Instant now);

/// Groups that cannot be joined, ports of bridges, cables that are not plugged in, and multicast
/// that does not arrive.
[[nodiscard]] std::vector<Warning> interface_warnings(const InterfaceFacts& facts);

}  // namespace dsn::node
