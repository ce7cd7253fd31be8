// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/start_check.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "crypto/network_key.hpp"
#include "sensor/sample_once.hpp"

namespace dsn::cli {
namespace {

using config::Finding;
using Findings = std::vector<Finding>;

constexpr std::uint16_t kPrivilegedPorts = 1024;

config::Position whole_file(const config::Config& config) { return {config.file, 0, 0}; }

void look_for_program(const std::string& what, const std::vector<std::string>& command,
                      const config::Position& position, Findings& findings) {
  if (command.empty() || access(command[0].c_str(), X_OK) == 0) return;
  findings.push_back({position, fmt::format("{}: {}: {}", what, command[0], std::strerror(errno))});
}

void look_for_folder(const config::HookConfig& hook, Findings& findings) {
  if (hook.write.empty()) return;
  const std::string folder = hook.write.substr(0, hook.write.rfind('/') + 1);
  if (access(folder.c_str(), W_OK | X_OK) == 0) return;
  findings.push_back({hook.position, fmt::format("hook '{}' cannot write to {}: {}", hook.name,
                                                 folder, std::strerror(errno))});
}

void try_sensors(const config::Config& config, const std::string& system_root, Findings& findings) {
  std::vector<sensor::SensorSpec> specs;
  for (const config::SensorConfig& sensor : config.sensors) {
    specs.push_back({sensor.driver, sensor.options, sensor.command, sensor.timeout});
  }
  const sensor::SensorBench bench(specs, system_root);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const std::string refusal = bench.refusal(i);
    if (!refusal.empty()) findings.push_back({config.sensors[i].position, refusal});
  }
}

/// A port that is taken is none: that may be by the agent that runs.
void try_port(const config::Config& config, Findings& findings) {
  if (!config.port || *config.port == 0 || *config.port >= kPrivilegedPorts) return;
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(*config.port);
  const auto* const any = reinterpret_cast<const sockaddr*>(&address);
  if (bind(socket.get(), any, sizeof address) == 0 || errno != EACCES) return;
  findings.push_back({whole_file(config),
                      fmt::format("port {} is for root only: take one above 1023", *config.port)});
}

void try_credentials(const config::Config& config, Findings& findings) {
  const std::string& folder = config.credential_dir;
  if (folder.empty() || access(folder.c_str(), F_OK) != 0) return;
  if (access(folder.c_str(), R_OK | W_OK | X_OK) == 0) return;
  findings.push_back(
      {whole_file(config), fmt::format("credential_dir: {}: {}", folder, std::strerror(errno))});
}

}  // namespace

bool is_handed_over(const config::Config& config) {
  const std::string keys = config.file.substr(0, config.file.rfind('/') + 1) + "keys/";
  return config.aes_key_file.starts_with(keys);
}

Findings missing_key(const config::Config& config) {
  if (config.aes_key_file.empty()) return {};
  const auto key = crypto::load_network_key(config.aes_key_file);
  if (key) return {};
  return {{whole_file(config), "aes_key_file: " + key.error()}};
}

Findings obstacles(const config::Config& config, const std::string& system_root) {
  Findings findings;
  try_sensors(config, system_root, findings);
  try_port(config, findings);
  try_credentials(config, findings);
  return findings;
}

Findings missing_programs(const config::Config& config) {
  Findings findings;
  for (const config::SensorConfig& sensor : config.sensors) {
    look_for_program(fmt::format("sensor '{}'", sensor.key), sensor.command, sensor.position,
                     findings);
  }
  for (const config::HookConfig& hook : config.hooks) {
    look_for_program(fmt::format("hook '{}'", hook.name), hook.command, hook.position, findings);
    look_for_folder(hook, findings);
  }
  for (const config::HookConfig& command : config.commands) {
    look_for_program(fmt::format("command '{}'", command.name), command.command, command.position,
                     findings);
  }
  return findings;
}

}  // namespace dsn::cli
