// SPDX-License-Identifier: Apache-2.0
#include "config/key_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "config/scalar.hpp"

namespace dsn::config {
namespace {

using enum KeyScope;
using Type = KeyType;

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kHour = 3600 * kSecond;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kDeltaMax = 1'000'000'000'000;
// PATH_MAX less its terminator; the kernel takes no longer path.
constexpr std::int64_t kPathSizeMax = 4095;
// IFNAMSIZ less its terminator.
constexpr std::int64_t kInterfaceNameSizeMax = 15;

constexpr DocumentedKey kDocumentedKeys[] = {
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

    {agent, "board", Type::text, 1, 64, "none",
     "Which machine this is: its pins by name, and the sensors that all of its kind have; `auto` "
     "looks."},
    {agent, "board_sensors", Type::boolean, 0, 0, "true",
     "Whether the sensors of the board are read."},

    {bootstrap_node, "address", Type::text, 1, 253, "required",
     "IPv4 or IPv6 address, or host name; looked up again at each try."},
    {bootstrap_node, "port", Type::integer, 1, 65535, "17373", "UDP port of that node."},

    {sensor, "proc", Type::driver, 0, 0, "none",
     "Reads load, memory, processor, pressure, network, disks or file systems."},
    {sensor, "thermal", Type::driver, 0, 0, "none", "Reads a thermal zone, by its type."},
    {sensor, "hwmon", Type::driver, 0, 0, "none", "Reads a hardware monitoring chip, by its name."},
    {sensor, "w1", Type::driver, 0, 0, "none", "Reads a thermometer on a 1-wire bus, by its id."},
    {sensor, "iio", Type::driver, 0, 0, "none", "Reads a device of Industrial I/O, by its name."},
    {sensor, "gpio", Type::driver, 0, 0, "none", "Reads or counts a GPIO line, by its name."},
    {sensor, "i2c", Type::driver, 0, 0, "none",
     "Reads a register of an I2C device that the kernel does not know."},
    {sensor, "rpi", Type::driver, 0, 0, "none",
     "Reads what a Raspberry Pi says of its power supply and temperature."},
    {sensor, "file", Type::driver, 0, 0, "none", "Reads the first line of a file."},
    {sensor, "exec", Type::driver, 0, 0, "none",
     "Runs a program, without a shell, and reads what it prints."},
    {sensor, "every", Type::duration, 100, kDay, "10s", "Time between two samples."},
    {sensor, "max_age", Type::duration, 100, 30 * kDay, "3 x every, or max_interval and 2 x every",
     "Age at which readers call the value late."},
    {sensor, "timeout", Type::duration, 100, kHour, "5s",
     "exec only: the program is stopped if it has not ended by then."},

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
     "Decimals to which the value is rounded."},
    {value, "delta", Type::number, 0, kDeltaMax, "none",
     "Report the value only when it changed by that much; 0 is any change."},
    {value, "max_interval", Type::duration, 100, 7 * kDay,
     "6 x every, or as often as max_age needs",
     "With `delta`: time after which an unchanged value is reported all the same."},
    {value, "ha_class", Type::text, 1, 32, "none",
     "Device class of Home Assistant, such as `temperature`."},

    {preset, "description", Type::text, 1, 200, "none", "What it is for, in a line."},
    {preset, "example", Type::text, 1, 200, "none", "A line of `sensors` that uses it."},

    {board, "description", Type::text, 1, 200, "none", "Which machines it is for, in a line."},
    {board, "target", Type::choice, 0, 0, "none", "Which build runs on it.",
     "native rpi-armv6 rpi-armhf rpi-arm64"},
    {board, "compatible", Type::list, 0, 32, "[]",
     "Names in `/sys/firmware/devicetree/base/compatible` by which `board: auto` knows it."},
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

    {proc, "reading", Type::text, 1, 64, "required, or a counter",
     "What to read, such as `load1` or `uptime`, or of a mount or a pressure."},
    {proc, "net", Type::text, 1, kInterfaceNameSizeMax, "none",
     "Network interface whose counter is read."},
    {proc, "disk", Type::text, 1, 64, "none",
     "Disk or partition whose counter is read, such as `mmcblk0`."},
    {proc, "mount", Type::path, 1, kPathSizeMax, "none",
     "Any path in the file system whose space is read."},
    {proc, "pressure", Type::choice, 0, 0, "none", "Resource whose pressure is read.",
     "cpu io memory"},
    {proc, "counter", Type::text, 1, 64, "required with net and disk",
     "Counter of the interface or disk, such as `rx_bytes`."},

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

    {w1, "id", Type::text, 15, 15, "required",
     "Id of the chip, as in `/sys/bus/w1/devices`: `28-00000a1b2c3d`."},
    {w1, "resolution", Type::integer, 9, 12, "as it is", "Bits of a conversion."},

    {iio, "name", Type::text, 1, 64, "required",
     "Name of the device, as in `/sys/bus/iio/devices/iio:device*/name`."},
    {iio, "device", Type::text, 1, 128, "any",
     "Which device, if several have the name: the folder that holds it, such as `1-0076`."},
    {iio, "channel", Type::text, 1, 64, "all that are known",
     "The one channel to read, such as `temperature` or `voltage0`."},

    {gpio, "line", Type::text, 1, 31, "required, or number",
     "Name of the line, as `gpioinfo` shows it, such as `GPIO17`."},
    {gpio, "chip", Type::text, 1, 31, "any",
     "Label or name of the chip, if several have such a line."},
    {gpio, "number", Type::integer, 0, 65535, "required, or line",
     "Number of the line within the chip, for lines without a name."},
    {gpio, "bias", Type::choice, 0, 0, "as it is", "Resistor within the chip.",
     "pull_up pull_down disabled"},
    {gpio, "active_low", Type::boolean, 0, 0, "false", "Whether a low level means true."},
    {gpio, "debounce", Type::duration, 1, 60 * kSecond, "none",
     "How long a level must last before it counts."},
    {gpio, "count", Type::boolean, 0, 0, "false", "Whether to count edges instead."},
    {gpio, "edge", Type::choice, 0, 0, "both", "Which edges are counted.", "rising falling both"},

    {i2c, "bus", Type::text, 1, 64, "required", "Number of the bus, or name of its adapter."},
    {i2c, "address", Type::text, 1, 8, "required", "Address of the device, `0x08` to `0x77`."},
    {i2c, "register", Type::text, 1, 8, "required",
     "Number of the register; one above `0xff` is sent as two bytes."},
    {i2c, "format", Type::choice, 0, 0, "u8", "Sign, bits and order of its bytes.",
     "u8 s8 u16be u16le s16be s16le u24be s24be u32be u32le s32be s32le"},
    {i2c, "mask", Type::text, 1, 16, "all bits", "Bits that are kept."},
    {i2c, "shift", Type::integer, 0, 31, "0", "How far they are then moved to the right."},

    {rpi, "reading", Type::text, 1, 64, "required",
     "`throttling` for all flags, or the name of one."},

    {file, "path", Type::path, 1, kPathSizeMax, "required", "Absolute path of the file."},

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
};

constexpr auto kKeys = [] {
  std::array<KeyInfo, std::size(kDocumentedKeys)> keys{};
  std::ranges::copy(kDocumentedKeys, keys.begin());
  return keys;
}();

constexpr std::array<DriverInfo, 10> kDrivers = {{
    {"proc", "reading", proc},
    {"thermal", "type", thermal},
    {"hwmon", "chip", hwmon},
    {"w1", "id", w1},
    {"iio", "name", iio},
    {"gpio", "line", gpio},
    {"i2c", "address", i2c},
    {"rpi", "reading", rpi},
    {"file", "path", file},
    {"exec", "", sensor},
}};

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
