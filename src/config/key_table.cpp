// SPDX-License-Identifier: Apache-2.0
#include "config/key_table.hpp"

#include <fmt/format.h>

#include <array>

#include "config/scalar.hpp"

namespace dsn::config {
namespace {

using enum KeyScope;
using Type = KeyType;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
// PATH_MAX less its terminator; the kernel takes no longer path.
constexpr std::int64_t kPathSizeMax = 4095;
// IFNAMSIZ less its terminator.
constexpr std::int64_t kInterfaceNameSizeMax = 15;

constexpr KeyInfo kKeys[] = {
    {agent, "node_id", Type::text, 1, 63, "the host name",
     "Name of this node: a lower-case RFC 1123 label."},
    {agent, "port", Type::integer, 0, 65535, "17373, or any free port if that is taken",
     "UDP port for all traffic of the node; 0 takes any free port."},
    {agent, "network_ip", Type::text, 2, 45, "all addresses",
     "IPv4 or IPv6 address of this machine to use, and no other."},
    {agent, "aes_key", Type::text, 32, 32, "none",
     "Key of the network: 32 hexadecimal digits, the same on all nodes."},
    {agent, "aes_key_file", Type::path, 1, kPathSizeMax, "none",
     "File that holds the key of the network, instead of `aes_key`."},
    {agent, "credential_dir", Type::path, 1, kPathSizeMax, "the state directory of the agent",
     "Folder for the identity of the node."},
    {agent, "bootstrap_nodes", Type::list, 0, 64, "[]",
     "Nodes to contact directly, for networks that multicast does not reach."},
    {agent, "interfaces", Type::list, 0, 32, "[]",
     "Network interfaces to use, by name or by prefix with `*`; none listed means all but "
     "container and bridge interfaces."},
    {agent, "multicast", Type::boolean, 0, 0, "true",
     "Whether to look for other nodes by multicast."},
    {agent, "whitelist_node_ids", Type::list, 0, 1024, "[]",
     "Names or ids of the nodes that this one deals with; none listed means all."},
    {agent, "sensors", Type::mapping, 0, 256, "{}",
     "What this node measures: a mapping from key to sensor."},
    {agent, "hooks", Type::mapping, 0, 64, "{}",
     "What is done when something happens in the network: a mapping from name to hook."},

    {bootstrap_node, "address", Type::text, 1, 253, "required",
     "IPv4 or IPv6 address, or host name; looked up again at each try."},
    {bootstrap_node, "port", Type::integer, 1, 65535, "17373", "UDP port of that node."},

    {sensor, "proc", Type::driver, 0, 0, "none", "Reads load, memory, processor or network."},
    {sensor, "thermal", Type::driver, 0, 0, "none", "Reads a thermal zone, by its type."},
    {sensor, "hwmon", Type::driver, 0, 0, "none", "Reads a hardware monitoring chip, by its name."},
    {sensor, "file", Type::driver, 0, 0, "none", "Reads the first line of a file."},
    {sensor, "exec", Type::driver, 0, 0, "none",
     "Runs a program, without a shell, and reads what it prints."},
    {sensor, "unit", Type::text, 0, 16, "that of the driver",
     "Unit of the value, a SenML symbol (RFC 8428) such as `Cel`, `%` or `lx`."},
    {sensor, "every", Type::duration, 100, kDay, "10s", "Time between two samples."},
    {sensor, "max_age", Type::duration, 100, 30 * kDay, "3 x every",
     "Age at which readers call the value late."},
    {sensor, "timeout", Type::duration, 100, kHour, "5s",
     "exec only: the program is stopped if it has not ended by then."},

    {proc, "reading", Type::text, 1, 64, "required, or net",
     "What to read, such as `load1`, `mem_available` or `uptime`."},
    {proc, "net", Type::text, 1, kInterfaceNameSizeMax, "required, or reading",
     "Network interface whose counter is read."},
    {proc, "counter", Type::text, 1, 64, "required with net",
     "Counter of that interface, such as `rx_bytes`."},

    {thermal, "type", Type::text, 1, 64, "required",
     "Type of the zone, as in `/sys/class/thermal/thermal_zone*/type`."},

    {hwmon, "chip", Type::text, 1, 64, "required",
     "Name of the chip, as in `/sys/class/hwmon/hwmon*/name`."},
    {hwmon, "input", Type::text, 1, 64, "required, or label",
     "Input of the chip, such as `temp1` or `fan2`."},
    {hwmon, "label", Type::text, 1, 64, "required, or input",
     "Label of the input, as in the chip's `*_label` files."},
    {hwmon, "device", Type::text, 1, 128, "any",
     "Which chip, if several have the name: the last part of where its `device` link points."},

    {file, "path", Type::path, 1, kPathSizeMax, "required", "Absolute path of the file."},
    {file, "scale", Type::number, 0, 0, "1", "Factor from the number in the file to the value."},

    {hook, "on_change", Type::mapping, 0, 5, "none", "When a reading changes or passes a level."},
    {hook, "on_late", Type::mapping, 0, 2, "none", "When a reading, or a node, is late."},
    {hook, "on_gone", Type::mapping, 0, 1, "none", "When a node is lost."},
    {hook, "on_back", Type::mapping, 0, 2, "none",
     "When a reading that was late, or a node that was late or gone, is back."},
    {hook, "run", Type::command, 0, 0, "none", "Program that is run, without a shell."},
    {hook, "write", Type::path, 1, kPathSizeMax - 4, "none",
     "Absolute path of a file that holds what happened last, and is replaced each time."},
    {hook, "format", Type::text, 4, 5, "value",
     "What is written: `value`, or `json` for an object with everything."},
    {hook, "min_interval", Type::duration, 100, 30 * kDay, "none",
     "Time between two runs, at least."},
    {hook, "timeout", Type::duration, 100, kHour, "10s",
     "The program is stopped if it has not ended by then."},

    {on_change, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_change, "key", Type::text, 1, 65, "*", "Key, or a prefix with `*`."},
    {on_change, "above", Type::level, 0, 0, "none",
     "Only when the value gets above this, once until it has been back."},
    {on_change, "below", Type::level, 0, 0, "none",
     "Only when the value gets below this, once until it has been back."},
    {on_change, "hysteresis", Type::level, 0, 0, "0",
     "How far beyond the level the value must go to have been back."},
    {on_late, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_late, "key", Type::text, 1, 65, "none: about nodes", "Key, or a prefix with `*`."},
    {on_gone, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_back, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_back, "key", Type::text, 1, 65, "none: about nodes", "Key, or a prefix with `*`."},
};

constexpr std::array<DriverInfo, 5> kDrivers = {{
    {"proc", "reading", proc},
    {"thermal", "type", thermal},
    {"hwmon", "chip", hwmon},
    {"file", "path", file},
    {"exec", "", sensor},
}};

}  // namespace

std::span<const KeyInfo> key_table() { return kKeys; }

std::vector<std::string_view> names_in(KeyScope scope) {
  std::vector<std::string_view> names;
  for (const KeyInfo& key : kKeys) {
    if (key.scope == scope) names.push_back(key.name);
  }
  return names;
}

const KeyInfo* find_key(KeyScope scope, std::string_view name) {
  for (const KeyInfo& key : kKeys) {
    if (key.scope == scope && key.name == name) return &key;
  }
  return nullptr;
}

std::string_view to_string(KeyType type) {
  switch (type) {
    case KeyType::text:
      return "text";
    case KeyType::path:
      return "path";
    case KeyType::boolean:
      return "boolean";
    case KeyType::integer:
      return "integer";
    case KeyType::number:
    case KeyType::level:
      return "number";
    case KeyType::command:
      return "command";
    case KeyType::duration:
      return "duration";
    case KeyType::list:
      return "list";
    case KeyType::mapping:
      return "mapping";
    case KeyType::driver:
      return "driver";
  }
  return "";
}

std::string range_text(const KeyInfo& key) {
  switch (key.type) {
    case KeyType::text:
    case KeyType::path:
      if (key.min == key.max) return fmt::format("{} bytes", key.min);
      return fmt::format("{} to {} bytes", key.min, key.max);
    case KeyType::boolean:
      return "true or false";
    case KeyType::integer:
      return fmt::format("{} to {}", key.min, key.max);
    case KeyType::number:
      return "not 0";
    case KeyType::level:
      return "any";
    case KeyType::command:
      return "program, or list of program and arguments";
    case KeyType::duration:
      return fmt::format("{} to {}", duration_text(std::chrono::milliseconds(key.min)),
                         duration_text(std::chrono::milliseconds(key.max)));
    case KeyType::list:
    case KeyType::mapping:
      return fmt::format("at most {}", key.max);
    case KeyType::driver:
      return key.name == "exec" ? "program, or list of program and arguments" : "text or mapping";
  }
  return "";
}

std::span<const DriverInfo> driver_table() { return kDrivers; }

}  // namespace dsn::config
