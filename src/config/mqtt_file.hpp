// SPDX-License-Identifier: Apache-2.0
// The configuration of dsn-mqtt (docs/mqtt.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/module_file.hpp"

namespace dsn::config {

inline constexpr char kDefaultMqttFile[] = "/etc/dsn/mqtt.yaml";

/// A message that others may have sent by way of the broker.
struct MqttCommand {
  std::string name;  ///< by which the broker knows it
  std::string node;
  std::string message;
  bool is_switch = false;
  std::string press = "null";  ///< payload of a button: JSON, or else a text
  std::string on;              ///< of a switch
  std::string off;
  std::string state;  ///< key that tells whether a switch is on, or empty
  bool ask = false;
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
};

struct MqttConfig {
  std::string file;
  std::string broker = "localhost";
  std::uint16_t port = 1883;
  std::string user;
  std::string password_file;
  std::string client_id;  ///< empty: made by chance
  bool tls = false;
  std::string ca_file;  ///< empty: the authorities of this system
  std::string certificate_file;
  std::string key_file;
  std::string prefix = "dsn";
  std::string discovery = "homeassistant";  ///< empty: Home Assistant is told of nothing
  std::vector<std::string> readings{"*"};   ///< patterns of node/key
  std::chrono::milliseconds settle = std::chrono::minutes(5);
  std::vector<MqttCommand> commands;
  std::map<std::string, std::vector<std::string>> bridge;  ///< patterns of node/key by site
};

struct LoadedMqtt {
  MqttConfig config;
  ModuleFindings findings;
};

/// Reads and checks the file. A missing kDefaultMqttFile has all defaults. Never throws.
[[nodiscard]] LoadedMqtt load_mqtt(const std::string& path);

}  // namespace dsn::config
