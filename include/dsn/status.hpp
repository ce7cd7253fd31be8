// SPDX-License-Identifier: Apache-2.0
// The state of an agent itself, as `dsn status` shows it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dsn {

struct InterfaceStatus {
  std::string name;
  bool ipv4_joined = false;
  bool ipv6_joined = false;
  std::string problem;  ///< why it is not joined, or empty
};

struct SensorStatus {
  std::string key;
  std::string driver;
  std::chrono::milliseconds every{0};
  std::uint64_t samples = 0;
  std::uint64_t failures = 0;
  std::string error;  ///< of the last sample; empty if it was good
};

struct HookStatus {
  std::string name;
  std::string event;       ///< on_change, on_late, on_gone, on_back
  std::uint64_t runs = 0;  ///< how often it did what it is for, or tried to
  std::uint64_t failures = 0;
  std::uint64_t skipped = 0;  ///< events that a later one of the same kind took the place of
  std::string error;          ///< of the last run; empty if it was good
};

struct AgentStatus {
  std::string version;  ///< of the program
  std::string node;
  std::string node_id;
  std::string network;  ///< network id in hexadecimal; empty when the agent runs local-only
  std::string config_file;
  std::uint16_t port = 0;
  std::uint32_t pid = 0;
  std::uint32_t incarnation = 0;
  std::uint64_t state_version = 0;
  std::chrono::milliseconds uptime{0};
  std::uint32_t nodes_live = 0;
  std::uint32_t nodes_known = 0;
  std::uint32_t keys_held = 0;
  std::uint64_t replica_bytes = 0;
  std::vector<InterfaceStatus> interfaces;
  std::vector<SensorStatus> sensors;
  std::vector<HookStatus> hooks;
  /// Everything that was counted, by name: frames and bytes each way, and each cause of a drop.
  std::vector<std::pair<std::string, std::uint64_t>> counters;
  /// What the operator should know now, one sentence each; empty when all is well.
  std::vector<std::string> warnings;
};

}  // namespace dsn
