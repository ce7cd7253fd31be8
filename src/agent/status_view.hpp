// SPDX-License-Identifier: Apache-2.0
// The state of the agent itself, as `dsn status` shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agent/event_log.hpp"
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
  const EventLog& events;
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

 private:
  /// Everything that was counted, by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;
  /// What the operator should know now, one sentence each.
  [[nodiscard]] std::vector<std::string> warnings() const;

  StatusSources of_;
};

}  // namespace dsn::agent
