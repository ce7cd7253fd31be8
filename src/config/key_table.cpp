// SPDX-License-Identifier: Apache-2.0
#include "config/key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "base/duration.hpp"
#include "config/module_keys.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

using enum KeyScope;
using Type = KeyType;

constexpr std::int64_t kDeltaMax = 1'000'000'000'000;

constexpr DocumentedKey kFileKeys[] = {
    {agent, "node_id", Type::text, 1, 63, "the host name",
     "Name of this node: a-z, 0-9, '-' and '_', the last two not at an end."},
    {agent, "port", Type::integer, 0, 65535, "17373, or any free port while that is taken",
     "UDP port for all traffic of the node; 0 takes any free port."},
    {agent, "network_ip", Type::text, 2, 45, "all addresses",
     "IPv4 or IPv6 address of this machine to use, and no other."},
    {agent, "aes_key", Type::text, 32, 32, "none",
     "Key of the network: 32 hexadecimal digits, the same on all nodes."},
    {agent, "aes_key_file", Type::path, 1, kPathSizeMax, "none",
     "File that holds the key of the network, instead of `aes_key`."},
    {agent, "aes_key_next", Type::text, 32, 32, "none",
     "Second key of a network without an authority, while the key is replaced by hand "
     "(`keys.md`): opens what others seal with it."},
    {agent, "credential_dir", Type::path, 1, kPathSizeMax, "the state directory of the agent",
     "Folder for the identity of the node."},
    {agent, "bootstrap_nodes", Type::list, 0, 64, "[]",
     "Nodes to contact directly, for networks that multicast does not reach."},
    {agent, "interfaces", Type::list, 0, 32, "[]",
     "Network interfaces to use, by name or by prefix with `*`; none listed means all but "
     "VPNs, ports of bridges, and those of containers and virtual machines."},
    {agent, "multicast", Type::boolean, 0, 0, "true",
     "Whether to look for other nodes by multicast."},
    {agent, "mail_rate", Type::integer, 16, 1'000'000, "1000",
     "Frames a second in which changes go to other nodes at once, to all of them together. What is "
     "above that waits, and then only the newest value of each key is sent."},
    {agent, "role", Type::choice, 0, 0, "node",
     "An `observer` takes part, but answers no strangers and passes nothing on.", "node observer"},
    {agent, "sleep", Type::duration, 1000, 2'592'000'000, "none",
     "How long others expect to hear nothing when this node stops, if it is switched off between "
     "readings."},
    {agent, "whitelist_node_ids", Type::list, 0, 1024, "[]",
     "Names or ids of the nodes that this one deals with; none listed means all."},
    {agent, "expect", Type::list, 0, 256, "[]",
     "Names of nodes that should be there: one that is missing is shown as gone, also if it was "
     "never heard."},
    {agent, "retain", Type::duration, kHour, 3650 * kDay, "7d",
     "How long a node that is gone is shown, and its last readings are kept."},
    {agent, "sensors", Type::mapping, 0, 256, "{}",
     "What this node measures: a mapping from key to sensor."},
    {agent, "hooks", Type::mapping, 0, 64, "{}",
     "What is done when something happens in the network: a mapping from name to hook."},
    {agent, "commands", Type::mapping, 0, 64, "{}",
     "What other nodes may have done here: a mapping from the name of a message to a program."},
    {agent, "databases", Type::mapping, 0, 64, "{}",
     "How keys of this node are shared, by the part before their first `/`: a mapping from that "
     "part "
     "to database."},

    {agent, "board", Type::text, 1, 64, "none",
     "Which machine this is: its pins by name, and the sensors that all of its kind have; `auto` "
     "looks."},
    {agent, "board_sensors", Type::boolean, 0, 0, "true",
     "Whether the sensors of the board are read."},

    {bootstrap_node, "address", Type::text, 1, 253, "required",
     "IPv4 or IPv6 address, or host name; looked up again at each try."},
    {bootstrap_node, "port", Type::integer, 1, 65535, "17373", "UDP port of that node."},
};

constexpr DocumentedKey kSensorKeys[] = {
    {sensor, "every", Type::duration, 100, kDay, "10s", "Time between two samples."},
    {sensor, "max_age", Type::duration, 100, 30 * kDay, "3 x every, or max_interval and 2 x every",
     "Age at which readers call the value late."},
    {sensor, "timeout", Type::duration, 100, kHour, "5s",
     "exec only: the program is stopped if it has not ended by then."},
    {sensor, "stream", Type::boolean, 0, 0, "false",
     "exec only: the program runs on, and each line that it prints is a reading."},

    {sensor, "preset", Type::text, 1, 64, "none",
     "What is known of this chip or kind of sensor; keys that are given here win."},
    {sensor, "values", Type::mapping, 0, 64, "{}",
     "Settings for one of several values, by the last part of its key."},

    {value, "unit", Type::text, 0, 16, "that of the driver",
     "Unit of the value, a SenML symbol (RFC 8428) such as `Cel`, `%` or `lx`."},
    {value, "rate", Type::boolean, 0, 0, "false",
     "The value is a counter: publish by how much it grows per second."},
    {value, "scale", Type::factor, 0, 0, "1", "Factor from the measured number to the value."},
    {value, "offset", Type::number, 0, 0, "0", "What is added after `scale`."},
    {value, "min", Type::number, 0, 0, "none", "A value below is an error: out of range."},
    {value, "max", Type::number, 0, 0, "none", "A value above is an error: out of range."},
    {value, "filter", Type::choice, 0, 0, "median if there is a window, else none",
     "What is published of the last samples.", "median average"},
    {value, "window", Type::integer, 2, 100, "5 if there is a filter, else none",
     "Over how many samples the filter goes."},
    {value, "precision", Type::integer, 0, 9, "as measured",
     "Decimals to which the value is rounded, and which readers show."},
    {value, "delta", Type::number, 0, kDeltaMax, "none",
     "Report the value only when it changed by that much; 0 is any change."},
    {value, "max_interval", Type::duration, 100, 7 * kDay,
     "6 x every, or as often as max_age needs",
     "With `delta`: time after which an unchanged value is reported all the same."},
    {value, "ha_class", Type::text, 1, 32, "none",
     "What is measured, as a device class of Home Assistant, such as `temperature` or `door`."},

    {preset, "description", Type::text, 1, 200, "none", "What it is for, in a line."},
    {preset, "example", Type::text, 1, 200, "none", "A line of `sensors` that uses it."},

    {board, "description", Type::text, 1, 200, "none", "Which machines it is for, in a line."},
    {board, "target", Type::choice, 0, 0, "none", "Which build runs on it.",
     "native rpi-armv6 rpi-armhf rpi-arm64"},
    {board, "compatible", Type::list, 0, 32, "[]",
     "Names in `/sys/firmware/devicetree/base/compatible` by which `board: auto` knows it; or "
     "`linux,revision=2`."},
    {board, "gpio", Type::mapping, 0, 16, "{}", "Its GPIO chip and pins."},
    {board, "buses", Type::list, 0, 32, "[]",
     "Where sensors can be connected, and how to enable it."},
    {board, "sensors", Type::mapping, 0, 64, "{}", "What each of them measures, as in `sensors`."},

    {board_gpio, "chip", Type::text, 1, 64, "none",
     "Label of the GPIO chip, as `gpioinfo` shows it."},
    {board_gpio, "lines", Type::mapping, 0, 256, "{}",
     "From the pin of the header to the name of the line."},

    {board_bus, "name", Type::text, 1, 64, "required", "Name of the bus, such as `i2c-1`."},
    {board_bus, "pins", Type::text, 1, 200, "none", "Where it is on the header."},
    {board_bus, "enable", Type::text, 1, 200, "none", "Line of `config.txt` that enables it."},
    {board_bus, "note", Type::text, 1, 200, "none", "What else to know."},
};

constexpr DocumentedKey kHookKeys[] = {
    {hook, "on_change", Type::mapping, 0, 5, "none", "When a reading changes or passes a level."},
    {hook, "on_late", Type::mapping, 0, 2, "none", "When a reading, or a node, is late."},
    {hook, "on_gone", Type::mapping, 0, 1, "none", "When a node is lost."},
    {hook, "on_asleep", Type::mapping, 0, 1, "none", "When a node says for how long it sleeps."},
    {hook, "on_back", Type::mapping, 0, 2, "none",
     "When a reading that was late, or a node that was late or gone, is back."},
    {hook, "on_joined", Type::mapping, 0, 1, "none",
     "When a node is heard that was not there: a new one, or one that returned."},
    {hook, "on_restarting", Type::mapping, 0, 1, "none",
     "When a node stops and says that it will be back."},
    {hook, "on_left", Type::mapping, 0, 1, "none", "When a node says that it stops for good."},
    {hook, "on_conflict", Type::mapping, 0, 1, "none",
     "When a node turns up under a name that belongs to another one."},
    {hook, "on_clone", Type::mapping, 0, 1, "none",
     "When another machine runs with the identity of a node, as after the copy of a card."},
    {hook, "on_message", Type::mapping, 0, 2, "none", "When a message of a program arrives."},
    {hook, "run", Type::command, 0, 0, "none", "Program that is run, without a shell."},
    {hook, "write", Type::path, 1, kPathSizeMax - 4, "none",
     "Absolute path of a file that holds what happened last, and is replaced each time."},
    {hook, "format", Type::text, 4, 5, "value",
     "What is written: `value`, or `json` for an object with everything."},
    {hook, "for", Type::duration, 1000, 30 * kDay, "none",
     "How long it must have been so before anything is done; what ends earlier is not told."},
    {hook, "min_interval", Type::duration, 100, 30 * kDay, "none",
     "Time between two runs, at least."},
    {hook, "timeout", Type::duration, 100, kHour, "10s",
     "The program is stopped if it has not ended by then."},

    {on_change, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_change, "key", Type::text, 1, 65, "*", "Key, or a prefix with `*`."},
    {on_change, "above", Type::number, 0, 0, "none",
     "Only when the value gets above this, once until it has been back."},
    {on_change, "below", Type::number, 0, 0, "none",
     "Only when the value gets below this, once until it has been back."},
    {on_change, "hysteresis", Type::number, 0, 0, "0",
     "How far beyond the level the value must go to have been back."},
    {on_late, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_late, "key", Type::text, 1, 65, "none: about nodes", "Key, or a prefix with `*`."},
    {on_gone, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_back, "node", Type::text, 1, 64, "*", "Name or id of a node, or a prefix with `*`."},
    {on_back, "key", Type::text, 1, 65, "none: about nodes", "Key, or a prefix with `*`."},
    {on_message, "name", Type::text, 1, 65, "*", "Name of the message, or a prefix with `*`."},
    {on_message, "node", Type::text, 1, 64, "*",
     "Name or id of the node that sent it, or a prefix with `*`."},

    {command, "run", Type::command, 0, 0, "required", "Program that is run, without a shell."},
    {command, "from", Type::list, 0, 64, "[]",
     "Names or ids of the nodes that may have it run, or prefixes with `*`; none listed means "
     "all."},
    {command, "timeout", Type::duration, 100, kHour, "10s",
     "The program is stopped if it has not ended by then."},
};

constexpr DocumentedKey kDatabaseKeys[] = {
    {database, "max_age", Type::duration, 100, 30 * kDay, "none",
     "Age at which readers call a value late that was set without one."},
    {database, "replicate", Type::choice, 0, 0, "always",
     "Whether other nodes get each value at once, or when they read it.", "always on_demand"},
    {database, "expire", Type::duration, 1000, 365 * kDay, "none",
     "A value that was neither written nor read for so long is not replicated any more."},
};

constexpr KeyScope scope_of(std::size_t driver) {
  return static_cast<KeyScope>(static_cast<std::size_t>(KeyScope::driver) + driver);
}

constexpr Type type_of(dsn::sensor::OptionType type) {
  using enum dsn::sensor::OptionType;
  switch (type) {
    case text:
      return Type::text;
    case path:
      return Type::path;
    case boolean:
      return Type::boolean;
    case integer:
      return Type::integer;
    case duration:
      return Type::duration;
    case choice:
      return Type::choice;
  }
  return Type::text;
}

constexpr std::size_t kDriverCount = std::size(dsn::sensor::kDrivers);

constexpr std::size_t kOptionCount = [] {
  std::size_t count = 0;
  for (const dsn::sensor::Driver& driver : dsn::sensor::kDrivers) count += driver.options.size();
  return count;
}();

constexpr auto kDriverKeys = [] {
  std::array<DocumentedKey, kDriverCount> keys;
  std::ranges::transform(dsn::sensor::kDrivers, keys.begin(), [](const auto& driver) {
    return DocumentedKey(sensor, driver.name, Type::driver, 0, 0, "none", driver.sentence);
  });
  return keys;
}();

constexpr auto kOptionKeys = [] {
  std::array<DocumentedKey, kOptionCount> keys;
  auto* key = keys.begin();
  for (std::size_t i = 0; i < kDriverCount; ++i) {
    for (const dsn::sensor::DriverOption& option : dsn::sensor::kDrivers[i].options) {
      *key++ = DocumentedKey(scope_of(i), option.name, type_of(option.type), option.min, option.max,
                             option.default_text, option.sentence, option.choices);
    }
  }
  return keys;
}();

/// All keys, as KeyInfo or as DocumentedKey.
template <typename Key>
constexpr auto all_keys() {
  std::array<Key, std::size(kFileKeys) + kDriverCount + std::size(kSensorKeys) + kOptionCount +
                      std::size(kHookKeys) + std::size(kDatabaseKeys) + std::size(kWebKeys) +
                      std::size(kRecordKeys) + std::size(kMqttKeys)>
      keys;
  auto* end = std::ranges::copy(kFileKeys, keys.begin()).out;
  end = std::ranges::copy(kDriverKeys, end).out;
  end = std::ranges::copy(kSensorKeys, end).out;
  end = std::ranges::copy(kOptionKeys, end).out;
  end = std::ranges::copy(kHookKeys, end).out;
  end = std::ranges::copy(kDatabaseKeys, end).out;
  end = std::ranges::copy(kWebKeys, end).out;
  end = std::ranges::copy(kRecordKeys, end).out;
  std::ranges::copy(kMqttKeys, end);
  return keys;
}
constexpr auto kKeys = all_keys<KeyInfo>();
constexpr auto kDocumentedKeys = all_keys<DocumentedKey>();

constexpr auto kDrivers = [] {
  std::array<DriverInfo, kDriverCount> drivers;
  for (std::size_t i = 0; i < kDriverCount; ++i) {
    const dsn::sensor::Driver& driver = dsn::sensor::kDrivers[i];
    drivers[i] = {driver.name, driver.short_form, driver.rules, scope_of(i)};
  }
  return drivers;
}();

constexpr char kProgram[] = "program, or list of program and arguments";

/// "a, b or c"
std::string listed(std::string_view choices) {
  std::string text;
  for (const char c : choices) text += c == ' ' ? ", " : std::string(1, c);
  const std::size_t last = text.rfind(", ");
  return last == std::string::npos ? text : text.replace(last, 2, " or ");
}

}  // namespace

std::span<const KeyInfo> key_table() { return kKeys; }

std::span<const DocumentedKey> documented_keys() { return kDocumentedKeys; }

std::vector<KeyScope> scopes_in(KeyScope scope) {
  if (scope == sensor) return {sensor, value};
  if (scope == preset) return {preset, sensor, value};
  return {scope};
}

std::vector<std::string_view> names_in(KeyScope scope) {
  std::vector<std::string_view> names;
  for (const KeyScope part : scopes_in(scope)) {
    for (const KeyInfo& key : kKeys) {
      if (key.scope == part) names.push_back(key.name);
    }
  }
  return names;
}

const KeyInfo* find_key(KeyScope scope, std::string_view name) {
  for (const KeyScope part : scopes_in(scope)) {
    for (const KeyInfo& key : kKeys) {
      if (key.scope == part && key.name == name) return &key;
    }
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
    case KeyType::factor:
      return "number";
    case KeyType::command:
      return "command";
    case KeyType::duration:
      return "duration";
    case KeyType::choice:
      return "word";
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
      return key.min == key.max ? "any" : fmt::format("{} or more", key.min);
    case KeyType::factor:
      return "not 0";
    case KeyType::choice:
      return listed(key.choices);
    case KeyType::command:
      return kProgram;
    case KeyType::duration:
      return fmt::format("{} to {}", duration_text(std::chrono::milliseconds(key.min)),
                         duration_text(std::chrono::milliseconds(key.max)));
    case KeyType::list:
    case KeyType::mapping:
      return fmt::format("at most {}", key.max);
    case KeyType::driver:
      return find_driver(key.name)->runs_program() ? kProgram : "text or mapping";
  }
  return "";
}

std::span<const DriverInfo> driver_table() { return kDrivers; }

const DriverInfo* find_driver(std::string_view name) {
  const auto found = std::ranges::find(kDrivers, name, &DriverInfo::name);
  return found == kDrivers.end() ? nullptr : &*found;
}

}  // namespace dsn::config
