// SPDX-License-Identifier: Apache-2.0
// What the service manager is told while the agent runs.
#pragma once

#include <asio/io_context.hpp>
#include <string>

#include "agent/sampler.hpp"
#include "agent/service_notifier.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/node_runtime.hpp"

namespace dsn::agent {

/// Says when the agent serves, in one line how it is doing, and, if the manager has a watchdog,
/// that the loop turns. All arguments must outlive it.
class ServiceReporter {
 public:
  ServiceReporter(asio::io_context& io, ServiceNotifier& notifier, const node::NodeRuntime& node,
                  const Sampler& sampler);

  /// The agent serves from now on; begins with the signs of life.
  void start();
  void stop(const std::string& status);
  /// reloaded() is to follow.
  void reloading() { notifier_.reloading(); }
  void reloaded();
  /// Says the line again if it has changed and the last one is old enough.
  void update();

 private:
  [[nodiscard]] std::string status_line() const;
  void arm_watchdog();
  void handle_watchdog(const std::error_code& error);

  ServiceNotifier& notifier_;
  const node::NodeRuntime& node_;
  const Sampler& sampler_;
  loop::Timer watchdog_timer_;
  loop::Alive alive_;
};

}  // namespace dsn::agent
