// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sensor/scan.hpp"

namespace dsn::cli {
namespace {

// A demo shows a few real sensors, not all of a server's.
constexpr std::size_t kInterfacesMax = 4;
constexpr std::size_t kFoundMax = 8;

constexpr std::array<const char*, kDemoNodesMax> kNames = {
    "attic",   "cellar",  "shed",    "barn",       "kitchen", "garage",  "garden",
    "loft",    "pantry",  "porch",   "study",      "library", "nursery", "laundry",
    "terrace", "gallery", "hallway", "greenhouse", "stable",  "workshop"};

/// A text in double quotes, as YAML and JSON write it.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

std::string network_counters(const MachineSensors& machine) {
  std::string yaml;
  for (const std::string& interface : machine.interfaces) {
    for (const char* direction : {"rx", "tx"}) {
      yaml +=
          fmt::format("  net/{0}/{1}: {{ proc: {{ net: {2}, counter: {1}_bytes }}, every: 2s }}\n",
                      sensor::key_part(interface), direction, quoted(interface));
    }
  }
  return yaml;
}

/// Those that answered, more often than a configuration would have them.
std::string found_sensors(const MachineSensors& machine) {
  std::string yaml;
  std::size_t count = 0;
  for (const Proposal& proposal : machine.proposals) {
    if (!proposal.answered || ++count > kFoundMax) continue;
    const std::string settings = proposal.settings.substr(0, proposal.settings.size() - 1);
    yaml += fmt::format("  {}: {}, every: 5s}}\n", proposal.key, settings);
  }
  return yaml;
}

}  // namespace

std::vector<std::string> demo_node_names(int count) {
  const auto size = static_cast<std::size_t>(std::clamp(count, 1, kDemoNodesMax));
  return {kNames.begin(), kNames.begin() + size};
}

MachineSensors find_machine_sensors(const std::string& system_root) {
  MachineSensors machine{sensor::used_interfaces(system_root), look_around(system_root).proposals};
  machine.interfaces.resize(std::min(machine.interfaces.size(), kInterfacesMax));
  return machine;
}

std::string demo_config(const DemoNode& node, const MachineSensors& machine) {
  std::string yaml = fmt::format(
      "node_id: {}\n"
      "port: 0\n"
      "interfaces: [lo]\n"
      "aes_key_file: {}\n"
      "credential_dir: {}\n"
      "{}"
      "sensors:\n"
      "  uptime: {{ proc: uptime, every: 5s }}\n",
      node.name, quoted(node.key_file), quoted(node.folder + "/credentials"),
      node.index == 2 ? "board: auto\n" : "");
  switch (node.index) {
    case 1:
      return yaml + network_counters(machine);
    case 2:
      return yaml + found_sensors(machine);
    default:
      break;
  }
  yaml += "  load: { proc: load1, every: 1s }\n";
  if (node.index == 0) yaml += "  memory/available: { proc: mem_available, every: 5s }\n";
  return yaml;
}

}  // namespace dsn::cli
