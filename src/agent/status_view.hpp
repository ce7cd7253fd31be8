// SPDX-License-Identifier: Apache-2.0
// The state of the agent itself, as `dsn status` shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/hooks.hpp"
#include "agent/reloader.hpp"
#include "agent/sampler.hpp"
#include "config/config.hpp"
#include "dsn/status.hpp"
#include "local/server/server.hpp"
#include "node/node_runtime.hpp"

namespace dsn::agent {

/// The parts of the agent that have something to say in its status.
struct StatusSources {
  const config::Config& config;
  const node::NodeRuntime& node;
  const local::Server& server;
  const Sampler& sampler;
  const Hooks& hooks;
  const Reloader& reloader;
};

/// The sources must outlive it.
class StatusView {
 public:
  explicit StatusView(const StatusSources& sources) : of_(sources) {}

  [[nodiscard]] AgentStatus status() const;
  /// What the operator should know now.
  [[nodiscard]] std::vector<Warning> warnings() const;

 private:
  /// Everything that was counted, by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

  StatusSources of_;
};

}  // namespace dsn::agent
