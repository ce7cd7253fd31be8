// SPDX-License-Identifier: Apache-2.0
// The configuration of an agent, as read from YAML and checked (docs/configuration.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/secret.hpp"

namespace dsn::config {

/// Where something stands in a file; line and column count from 1, 0 means the file as a whole.
struct Position {
  std::string file;
  int line = 0;
  int column = 0;
};

/// Something wrong with the configuration, in a sentence for the operator.
struct Finding {
  Position position;
  std::string message;
  /// `agent.yaml:12:5: unknown key 'intervall' in sensor 'door' (did you mean 'interval'?)`
  [[nodiscard]] std::string to_string() const;
};

struct BootstrapNode {
  std::string address;  ///< IPv4, IPv6 or host name
  std::uint16_t port = 0;
};

struct SensorConfig {
  std::string key;
  std::string driver;
  std::map<std::string, std::string> options;
  std::vector<std::string> command;
  std::string unit;                                 ///< empty: the driver's
  std::chrono::milliseconds every{10'000};
  std::optional<std::chrono::milliseconds> max_age;  ///< nothing: three times `every`
  std::chrono::milliseconds timeout{5000};
  Position position;
};

inline constexpr std::uint16_t kDefaultPort = 17373;

struct Config {
  std::string file;
  std::string node_id;             ///< default: the host name, as an RFC 1123 label
  std::optional<std::uint16_t> port;  ///< nothing: kDefaultPort, or any free one if it is taken
  std::string network_ip;          ///< empty: all addresses
  std::optional<Secret<16>> aes_key;  ///< from aes_key or aes_key_file; nothing: local-only
  std::string aes_key_file;
  std::string credential_dir;      ///< empty: the default of the agent
  std::vector<BootstrapNode> bootstrap_nodes;
  std::vector<std::string> interfaces;  ///< names, or prefixes ending in '*'; empty: all eligible
  bool multicast = true;
  std::vector<SensorConfig> sensors;
};

struct LoadResult {
  Config config;
  std::vector<Finding> errors;    ///< the configuration must not be used if there are any
  std::vector<Finding> warnings;
};

/// Reads and checks one file. Never throws; whatever is in the file, the answer is a Config or
/// findings with file:line:column.
[[nodiscard]] LoadResult load(const std::string& path);

}  // namespace dsn::config
