// SPDX-License-Identifier: Apache-2.0
// The configuration of an agent (docs/configuration.md), as load() reads it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ports.hpp"
#include "base/processing.hpp"
#include "base/secret.hpp"
#include "config/finding.hpp"

namespace dsn::config {

struct BootstrapConfig {
  std::string address;  ///< IPv4, IPv6 (link-local with %zone) or host name
  std::uint16_t port = 0;
  bool operator==(const BootstrapConfig&) const = default;
};

/// One sensor. The options are those that the catalogue of drivers lists (sensor/catalogue.hpp).
/// Numbers and words are the text of the file, booleans "true" or "false", durations milliseconds.
/// Which options there are is checked; whether there is such a device is for make_sensor() to say.
struct SensorConfig {
  std::string key;     ///< is_sensor_key() is true of it
  std::string driver;  ///< its name in the catalogue
  std::map<std::string, std::string> options;
  std::vector<std::string> command;                  ///< exec only, the program's path absolute
  std::chrono::milliseconds every{10'000};           ///< 100 ms to 1 day
  std::optional<std::chrono::milliseconds> max_age;  ///< nothing: late_after() gives it
  std::chrono::milliseconds timeout{5000};           ///< exec only
  bool stream = false;                               ///< exec only: each line is a reading
  Processing processing;                             ///< of the values that `values` does not list
  std::map<std::string, Processing> values;          ///< by the suffix of the value
  Position position;                                 ///< where the key stands
  bool operator==(const SensorConfig&) const = default;

  /// The processing of the value with that suffix.
  [[nodiscard]] Processing processing_of(const std::string& suffix) const;
};

/// What is done when something happens in the network. A hook with a key is about readings, a hook
/// without one about nodes or messages. A command is a hook whose program answers a message.
struct HookConfig {
  enum class Event : std::uint8_t {
    change,
    late,
    gone,
    asleep,
    back,
    joined,
    restarting,
    left,
    conflict,
    clone,
    message,
    command
  };
  std::string name;
  Event event = Event::change;
  /// Names, ids, or prefixes that end in '*'.
  std::vector<std::string> nodes = {"*"};
  std::string key;      ///< a key, or a prefix that ends in '*'; empty: about nodes
  std::string message;  ///< message: its name, or a prefix that ends in '*'; command: its name
  std::optional<double> above;
  std::optional<double> below;
  double hysteresis = 0;
  std::vector<std::string> command;  ///< program (absolute) and arguments; empty: none is run
  std::string write;                 ///< an absolute path; empty: no file is written
  bool json = false;                 ///< whether `write` gets an object instead of the value
  /// How long the state must have lasted before anything is done; the key `for`.
  std::chrono::milliseconds lasting{0};
  std::chrono::milliseconds min_interval{0};  ///< between two runs
  std::chrono::milliseconds timeout{10'000};
  Position position;
  bool operator==(const HookConfig&) const = default;
};

/// How the keys of this node are shared that begin with `name` and '/'.
struct DatabaseConfig {
  std::string name;
  std::optional<std::chrono::milliseconds> max_age;  ///< of what is set without one
  bool on_demand = false;                            ///< values go to those who read them
  std::optional<std::chrono::milliseconds> expire;   ///< nothing: never
  bool operator==(const DatabaseConfig&) const = default;
};

struct Config {
  std::string file;
  std::string node_id;                ///< default: the host name; base/node_name.hpp
  std::optional<std::uint16_t> port;  ///< nothing: kDefaultPort, or any free one if it is taken
  std::string network_ip;             ///< empty: all addresses
  /// From aes_key. Nothing: the agent loads aes_key_file; without that either, it is local-only.
  std::optional<Secret<16>> aes_key;
  std::string aes_key_file;  ///< an absolute path; empty: none
  std::optional<Secret<16>> aes_key_next;
  std::string credential_dir;  ///< an absolute path; empty: the default of the agent
  std::vector<BootstrapConfig> bootstrap_nodes;
  std::vector<std::string> interfaces;  ///< names, or prefixes ending in '*'; empty: all eligible
  bool multicast = true;
  std::optional<std::int64_t> mail_rate;  ///< frames in a second
  bool observer = false;                  ///< as in core::NodeOptions
  /// What is said at a stop: for how long nothing will be heard. Nothing: the node restarts.
  std::optional<std::chrono::milliseconds> sleep;
  /// Names, or ids of 32 lower-case hexadecimal digits; empty: every node is let in.
  std::vector<std::string> whitelist_node_ids;
  /// Names of nodes that should be there: one that is not is shown as gone, though never heard.
  std::vector<std::string> expect;
  std::optional<std::chrono::milliseconds> retain;  ///< of gone nodes; nothing: a week
  std::string board;  ///< its name, also where the file says `auto`; empty: none
  std::vector<SensorConfig> sensors;
  std::vector<HookConfig> hooks;
  std::vector<HookConfig> commands;
  std::vector<DatabaseConfig> databases;
};

}  // namespace dsn::config
