// SPDX-License-Identifier: Apache-2.0
// The nodes of a demo and their configuration files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/setup/setup_plan.hpp"

namespace dsn::cli {

inline constexpr int kDemoNodesMax = 20;

/// "attic", "cellar", "shed", ...: the first `count` of kDemoNodesMax names.
[[nodiscard]] std::vector<std::string> demo_node_names(int count);

struct DemoNode {
  std::string name;
  std::size_t index = 0;  ///< which of the demo's nodes; decides on its sensors
  std::string folder;     ///< for its credentials
  std::string key_file;   ///< of the demo's throw-away network
};

/// What a demo shows of this machine.
struct MachineSensors {
  std::vector<std::string> interfaces;  ///< of the network
  std::vector<Proposal> proposals;      ///< sensors that were found
};

/// Looks for them, and reads each sensor once. `system_root` stands before /proc and /sys.
[[nodiscard]] MachineSensors find_machine_sensors(const std::string& system_root);

/// The YAML of one node: the first shows load and memory, the second the network counters, the
/// third the sensors of the board and those that were found; each shows the uptime.
[[nodiscard]] std::string demo_config(const DemoNode& node, const MachineSensors& machine);

}  // namespace dsn::cli
