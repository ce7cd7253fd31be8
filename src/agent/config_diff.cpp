// SPDX-License-Identifier: Apache-2.0
#include "agent/config_diff.hpp"

#include <algorithm>

namespace dsn::agent {
namespace {

bool same_key(const std::optional<Secret<16>>& a, const std::optional<Secret<16>>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return std::ranges::equal(a->view(), b->view());
}

void compare_sensors(const config::Config& running, const config::Config& loaded,
                     ReloadReport& report) {
  for (const config::SensorConfig& sensor : loaded.sensors) {
    const auto old = std::ranges::find(running.sensors, sensor.key, &config::SensorConfig::key);
    if (old == running.sensors.end()) {
      ++report.sensors_added;
    } else {
      ++(same_sensor(*old, sensor) ? report.sensors_unchanged : report.sensors_changed);
    }
  }
  const std::size_t kept = report.sensors_changed + report.sensors_unchanged;
  report.sensors_removed = static_cast<std::uint32_t>(running.sensors.size() - kept);
}

}  // namespace

bool same_sensor(const config::SensorConfig& a, const config::SensorConfig& b) {
  config::SensorConfig moved = a;
  moved.position = b.position;
  return moved == b;
}

bool same_hook(const config::HookConfig& a, const config::HookConfig& b) {
  config::HookConfig moved = a;
  moved.position = b.position;
  return moved == b;
}

ReloadReport compare(const config::Config& running, const config::Config& loaded) {
  ReloadReport report;
  report.applied = true;
  compare_sensors(running, loaded, report);
  const auto now = [&report](const char* key, bool same) {
    if (!same) report.changed.emplace_back(key);
  };
  now("bootstrap_nodes", running.bootstrap_nodes == loaded.bootstrap_nodes);
  now("interfaces", running.interfaces == loaded.interfaces);
  now("hooks", std::ranges::equal(running.hooks, loaded.hooks, same_hook));
  now("databases", running.databases == loaded.databases);
  now("commands", std::ranges::equal(running.commands, loaded.commands, same_hook));
  now("sleep", running.sleep == loaded.sleep);
  now("expect", running.expect == loaded.expect);
  now("retain", running.retain == loaded.retain);
  const auto at_start = [&report](const char* key, bool same) {
    if (!same) report.next_start.emplace_back(key);
  };
  at_start("node_id", running.node_id == loaded.node_id);
  at_start("port", running.port == loaded.port);
  at_start("network_ip", running.network_ip == loaded.network_ip);
  at_start("aes_key", same_key(running.aes_key, loaded.aes_key));
  at_start("aes_key_next", same_key(running.aes_key_next, loaded.aes_key_next));
  at_start("aes_key_file", running.aes_key_file == loaded.aes_key_file);
  at_start("credential_dir", running.credential_dir == loaded.credential_dir);
  at_start("multicast", running.multicast == loaded.multicast);
  at_start("mail_rate", running.mail_rate == loaded.mail_rate);
  at_start("role", running.observer == loaded.observer);
  at_start("whitelist_node_ids", running.whitelist_node_ids == loaded.whitelist_node_ids);
  return report;
}

config::Config take_over(const config::Config& running, config::Config loaded) {
  config::Config taken = running;
  taken.bootstrap_nodes = std::move(loaded.bootstrap_nodes);
  taken.interfaces = std::move(loaded.interfaces);
  taken.sensors = std::move(loaded.sensors);
  taken.hooks = std::move(loaded.hooks);
  taken.commands = std::move(loaded.commands);
  taken.databases = std::move(loaded.databases);
  taken.sleep = loaded.sleep;
  taken.expect = std::move(loaded.expect);
  taken.retain = loaded.retain;
  return taken;
}

}  // namespace dsn::agent
