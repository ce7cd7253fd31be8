// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace dsn::cli {
namespace {

constexpr std::array<const char*, kDemoNodesMax> kNames = {
    "attic",   "cellar",  "shed",    "barn",       "kitchen", "garage",  "garden",
    "loft",    "pantry",  "porch",   "study",      "library", "nursery", "laundry",
    "terrace", "gallery", "hallway", "greenhouse", "stable",  "workshop"};

/// A part of a key out of a name that the system gave: [a-z][a-z0-9_]*.
std::string key_part(const std::string& name) {
  std::string part;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    part += upper ? static_cast<char>(c - 'A' + 'a') : plain ? c : '_';
  }
  if (part.empty() || part.front() < 'a' || part.front() > 'z') part.insert(0, "n_");
  return part;
}

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
                      key_part(interface), direction, quoted(interface));
    }
  }
  return yaml;
}

std::string thermometers(const MachineSensors& machine) {
  std::string yaml;
  for (const std::string& zone : machine.thermal_zones) {
    yaml +=
        fmt::format("  thermal/{}: {{ thermal: {}, every: 5s }}\n", key_part(zone), quoted(zone));
  }
  for (const std::string& chip : machine.hwmon_chips) {
    yaml += fmt::format("  hwmon/{}: {{ hwmon: {{ chip: {}, input: temp1 }}, every: 5s }}\n",
                        key_part(chip), quoted(chip));
  }
  return yaml;
}

}  // namespace

std::vector<std::string> demo_node_names(int count) {
  const auto size = static_cast<std::size_t>(std::clamp(count, 1, kDemoNodesMax));
  return {kNames.begin(), kNames.begin() + size};
}

std::string demo_config(const DemoNode& node, const MachineSensors& machine) {
  std::string yaml = fmt::format(
      "node_id: {}\n"
      "port: 0\n"
      "interfaces: [lo]\n"
      "aes_key_file: {}\n"
      "credential_dir: {}\n"
      "sensors:\n"
      "  uptime: {{ proc: uptime, every: 5s }}\n",
      node.name, quoted(node.key_file), quoted(node.folder + "/credentials"));
  switch (node.index) {
    case 1:
      return yaml + network_counters(machine);
    case 2:
      return yaml + thermometers(machine);
    default:
      break;
  }
  yaml += "  load: { proc: load1, every: 1s }\n";
  if (node.index == 0) yaml += "  memory/available: { proc: mem_available, every: 5s }\n";
  return yaml;
}

}  // namespace dsn::cli
