// SPDX-License-Identifier: Apache-2.0
#include "embedded/node_config.hpp"

namespace dsn::embedded {

std::vector<node::BootstrapNode> bootstrap_nodes(const config::Config& config) {
  std::vector<node::BootstrapNode> nodes;
  for (const config::BootstrapConfig& node : config.bootstrap_nodes) {
    nodes.push_back({node.address, node.port});
  }
  return nodes;
}

std::vector<node::Database> databases(const config::Config& config) {
  std::vector<node::Database> all;
  for (const config::DatabaseConfig& database : config.databases) {
    all.push_back({database.name, database.max_age, database.on_demand, database.expire});
  }
  return all;
}

wire::Bye usual_bye(const config::Config& config) {
  if (!config.sleep) return wire::ByeReason::restarting;
  return {wire::ByeReason::asleep, static_cast<std::uint64_t>(config.sleep->count())};
}

node::NodeSettings node_settings(const config::Config& config) {
  node::NodeSettings settings;
  settings.name = config.node_id;
  settings.port = config.port;
  settings.network_ip = config.network_ip;
  settings.interfaces = config.interfaces;
  settings.multicast = config.multicast;
  settings.mail_rate = config.mail_rate;
  settings.observer = config.observer;
  settings.bootstrap_nodes = bootstrap_nodes(config);
  settings.whitelist = config.whitelist_node_ids;
  settings.expected = config.expect;
  settings.retain = config.retain;
  settings.databases = databases(config);
  return settings;
}

Result<node::Credentials> load_credentials(const config::Config& config,
                                           const std::string& system_root, bool adopt) {
  Result<node::Credentials> credentials = node::load_credentials(
      {.folder = config.credential_dir, .system_root = system_root, .adopt = adopt});
  if (!credentials) return credentials;
  if (config.aes_key) {
    credentials->network_key.emplace().key.key = *config.aes_key;
  } else if (!config.aes_key_file.empty()) {
    const Result<void> added = node::add_network_key(*credentials, config.aes_key_file);
    if (!added) return added.failure().prefixed(config.file + ": aes_key_file: ");
  }
  if (!config.aes_key_next) return credentials;
  if (credentials->network_key && credentials->network_key->authority) {
    return Error{config.file +
                 ": aes_key_next: this network has an authority, which gives it a new "
                 "key: remove aes_key_next, and run 'dsn key rotate' where the "
                 "authority is"};
  }
  credentials->next_key = *config.aes_key_next;
  return credentials;
}

}  // namespace dsn::embedded
