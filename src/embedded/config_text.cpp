// SPDX-License-Identifier: Apache-2.0
#include "embedded/config_text.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "config/load.hpp"
#include "local/json/json_text.hpp"

namespace dsn::embedded {
namespace {

using Keys = std::map<std::string, Value>;

Value map_of(const Keys& keys) {
  const std::vector<std::pair<std::string, Value>> members(keys.begin(), keys.end());
  return Value::map(members).value_or(Value());
}

Value bootstraps_of(const std::vector<NodeConfig::Bootstrap>& nodes) {
  std::vector<Value> list;
  for (const NodeConfig::Bootstrap& node : nodes) {
    list.push_back(
        map_of({{"address", Value::text(node.address)}, {"port", Value::integer(node.port)}}));
  }
  return Value::array(list).value_or(Value());
}

/// The keys that are given.
Keys keys_of(const NodeConfig& config) {
  Keys keys = config.more;
  const auto add = [&keys](const char* name, const std::string& text) {
    if (!text.empty()) keys.insert_or_assign(name, Value::text(text));
  };
  add("node_id", config.node_id);
  add("network_ip", config.network_ip);
  add("aes_key", config.aes_key);
  add("aes_key_file", config.aes_key_file);
  add("credential_dir", config.credential_dir);
  if (config.port) keys.insert_or_assign("port", Value::integer(*config.port));
  if (!config.bootstrap_nodes.empty()) {
    keys.insert_or_assign("bootstrap_nodes", bootstraps_of(config.bootstrap_nodes));
  }
  return keys;
}

/// Puts what the keys say in the place of what the file says.
void override_with(const Keys& keys, const config::Config& given, config::Config& config) {
  const auto take = [&](const char* name, auto member) {
    if (keys.contains(name)) config.*member = given.*member;
  };
  using config::Config;
  take("node_id", &Config::node_id);
  take("port", &Config::port);
  take("network_ip", &Config::network_ip);
  take("credential_dir", &Config::credential_dir);
  take("bootstrap_nodes", &Config::bootstrap_nodes);
  take("interfaces", &Config::interfaces);
  take("multicast", &Config::multicast);
  take("mail_rate", &Config::mail_rate);
  take("whitelist_node_ids", &Config::whitelist_node_ids);
  take("expect", &Config::expect);
  take("retain", &Config::retain);
  take("databases", &Config::databases);
  take("aes_key_next", &Config::aes_key_next);
  if (!keys.contains("aes_key") && !keys.contains("aes_key_file")) return;
  config.aes_key = given.aes_key;
  config.aes_key_file = given.aes_key_file;
  config.aes_key_next = given.aes_key_next;
}

Result<config::Config> loaded(config::LoadResult result) {
  if (result.errors.empty()) return std::move(result.config);
  return Error{result.errors.front().to_string(), ErrorCode::invalid_argument};
}

}  // namespace

Result<config::Config> checked(const NodeConfig& node_config) {
  const Keys keys = keys_of(node_config);
  // JSON is YAML, too.
  auto given = loaded(config::load_text(local::value_json(map_of(keys)), "NodeConfig"));
  if (!given) return given;
  for (const char* key : {"sensors", "hooks", "commands", "board"}) {
    if (keys.contains(key)) {
      return Error{std::string("NodeConfig: '") + key +
                       "' is for dsn-agent: a node in a program sets its keys itself",
                   ErrorCode::invalid_argument};
    }
  }
  if (node_config.file.empty()) return given;
  auto config = loaded(config::load(node_config.file));
  if (!config) return config;
  if (!config->sensors.empty() || !config->hooks.empty() || !config->commands.empty()) {
    return Error{node_config.file +
                     ": sensors, hooks and commands are for dsn-agent: a node in a "
                     "program sets its keys itself",
                 ErrorCode::invalid_argument};
  }
  override_with(keys, *given, *config);
  return config;
}

}  // namespace dsn::embedded
