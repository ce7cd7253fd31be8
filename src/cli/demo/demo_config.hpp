// SPDX-License-Identifier: Apache-2.0
// The nodes of a demo and their configuration files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/demo/demo_machine.hpp"

namespace dsn::cli {

inline constexpr int kDemoNodesMax = 20;

/// "attic", "cellar", "shed", ...: the first `count` of kDemoNodesMax names.
[[nodiscard]] std::vector<std::string> demo_node_names(int count);

struct DemoNode {
  std::string name;
  std::size_t index = 0;  ///< which of the demo's nodes; decides about its sensors
  std::string folder;     ///< for its credentials
  std::string key_file;   ///< of the demo's throw-away network
};

/// The YAML of one node: the first shows load and memory, the second the network counters, the
/// third whatever thermometers there are; each shows the uptime.
[[nodiscard]] std::string demo_config(const DemoNode& node, const MachineSensors& machine);

}  // namespace dsn::cli
