// SPDX-License-Identifier: Apache-2.0
// The configuration of an agent, as read from YAML and checked (docs/configuration.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ports.hpp"
#include "base/processing.hpp"
#include "base/secret.hpp"

namespace dsn::config {

/// Where something stands in a file; line and column count from 1, 0 means the file as a whole.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;
  bool operator==(const Position&) const = default;
};

/// Something wrong with the configuration, in a sentence for the operator.
struct Finding {
  Position position;
  std::string message;
  /// `agent.yaml:12:5: unknown key 'intervall' in sensor 'door' (did you mean 'interval'?)`
  [[nodiscard]] std::string to_string() const;
};

struct BootstrapNode {
  std::string address;  ///< IPv4, IPv6 (link-local with %zone) or host name
  std::uint16_t port = 0;
  bool operator==(const BootstrapNode&) const = default;
};

/// One sensor, in the driver's own terms. Options by driver; numbers stay the text of the file,
/// durations become milliseconds:
///
///     proc     reading [mount|pressure], or counter and net|disk
///     thermal  type                             `thermal: cpu-thermal`  means {type: cpu-thermal}
///     hwmon    chip, input or label, [device]
///     w1       id, [resolution]                 `w1: 28-00000a1b2c3d`   means {id: 28-...}
///     iio      name, [device], [channel]        `iio: bme280`           means {name: bme280}
///     gpio     line, or number and chip; bias, active_low, debounce, count, edge
///     i2c      bus, address, register, [format], [mask], [shift]
///     rpi      reading
///     file     path                             `file: /x`              means {path: /x}
///     exec     none; program and arguments are in `command`
///
/// Names of options are checked here; what they name (a reading, an input) is for make_sensor().
struct SensorConfig {
  std::string key;     ///< `[a-z][a-z0-9_]*(/[a-z0-9_]+)*`, at most 64 bytes
  std::string driver;  ///< as in driver_table()
  std::map<std::string, std::string> options;
  std::vector<std::string> command;                  ///< exec only, the program's path absolute
  std::chrono::milliseconds every{10'000};           ///< 100 ms to 1 day
  std::optional<std::chrono::milliseconds> max_age;  ///< nothing: late_after()
  std::chrono::milliseconds timeout{5000};           ///< exec only
  Processing processing;                             ///< of each value that `values` lacks
  std::map<std::string, Processing> values;          ///< of the values with these suffixes
  Position position;                                 ///< of the key, for later findings about it
  bool operator==(const SensorConfig&) const = default;

  /// What holds for the value of that suffix.
  [[nodiscard]] Processing processing_of(const std::string& suffix) const;
};

/// What is done when something happens in the network. With a key it is about readings, without one
/// about nodes.
struct HookConfig {
  enum class Event : std::uint8_t { change, late, gone, back };
  std::string name;
  Event event = Event::change;
  std::string node = "*";  ///< a name, an id, or a prefix that ends in '*'
  std::string key;         ///< a key, or a prefix that ends in '*'; empty: about nodes
  std::optional<double> above;
  std::optional<double> below;
  double hysteresis = 0;
  std::vector<std::string> command;           ///< the program's path absolute; empty: none is run
  std::string write;                          ///< an absolute path; empty: no file is written
  bool json = false;                          ///< what is written
  std::chrono::milliseconds min_interval{0};  ///< between two runs
  std::chrono::milliseconds timeout{10'000};
  Position position;
  bool operator==(const HookConfig&) const = default;
};

/// Where the configuration is unless another file is named.
inline constexpr char kDefaultFile[] = "/etc/dsn/agent.yaml";

struct Config {
  std::string file;
  std::string node_id;                ///< default: the host name, as an RFC 1123 label
  std::optional<std::uint16_t> port;  ///< nothing: kDefaultPort, or any free one if it is taken
  std::string network_ip;             ///< empty: all addresses
  /// From aes_key. Nothing: the agent loads aes_key_file; without that either, it is local-only.
  std::optional<Secret<16>> aes_key;
  std::string aes_key_file;    ///< absolute: relative to the folder of the file in the file itself
  std::string credential_dir;  ///< the same; empty: the default of the agent
  std::vector<BootstrapNode> bootstrap_nodes;
  std::vector<std::string> interfaces;  ///< names, or prefixes ending in '*'; empty: all eligible
  bool multicast = true;
  /// Names, or ids of 32 lower-case hexadecimal digits; empty: every node is let in.
  std::vector<std::string> whitelist_node_ids;
  std::string board;  ///< that it turned out to be; empty: none is named
  std::vector<SensorConfig> sensors;
  std::vector<HookConfig> hooks;
};

struct LoadResult {
  Config config;
  std::vector<Finding> errors;  ///< the configuration must not be used if there are any
  std::vector<Finding> warnings;
};

/// Reads and checks one file. Never throws; whatever is in the file, the answer is a Config or
/// findings with file:line:column.
///
/// `conf.d/*.yaml` beside it are part of it. `presets` and `boards` beside it come before those
/// that are built in. `system_root` stands before /sys, where `board: auto` looks. That there is no
/// kDefaultFile is a warning, since an empty file is a good one; `conf.d` beside it is read.
[[nodiscard]] LoadResult load(const std::string& path, const std::string& system_root = "");

/// The same for text that has been read already, without looking at any other file; `path` is for
/// findings and relative paths.
/// With `system_root`, `board: auto` looks there; without, it finds none.
[[nodiscard]] LoadResult load_text(std::string_view text, const std::string& path,
                                   const std::optional<std::string>& system_root = {});

}  // namespace dsn::config
