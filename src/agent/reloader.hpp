// SPDX-License-Identifier: Apache-2.0
// Reads the configuration again while the agent runs.
#pragma once

#include <string>
#include <vector>

#include "agent/hooks.hpp"
#include "agent/sampler.hpp"
#include "config/config.hpp"
#include "dsn/reload.hpp"
#include "node/node_runtime.hpp"

namespace dsn::agent {

/// What the agent is made of and runs by. `system_root` stands before each path that sensors read.
struct ReloadTargets {
  config::Config& config;
  node::NodeRuntime& node;
  Sampler& sampler;
  Hooks& hooks;
  const std::string& system_root;
};

/// Takes over all of the new configuration, or nothing of it. What is the same goes on as it is.
/// The targets must outlive it.
class Reloader {
 public:
  explicit Reloader(const ReloadTargets& targets) : to_(targets) {}

  /// Reads, applies and logs.
  ReloadReport reload();

  /// Why the last reload failed, and which keys of the file only the next start looks at.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  void apply(const std::vector<std::string>& changed);
  void log(const ReloadReport& report) const;

  ReloadTargets to_;
  std::vector<std::string> errors_;      // of the last reload; empty if it was applied
  std::vector<std::string> next_start_;  // keys of the file that differ from what runs
};

}  // namespace dsn::agent
