// SPDX-License-Identifier: Apache-2.0
// The agent: a node with its sensors, hooks, local API and service manager on one io_context.
#pragma once

#include <asio/io_context.hpp>
#include <string>
#include <vector>

#include "agent/doctor.hpp"
#include "agent/event_log.hpp"
#include "agent/hooks.hpp"
#include "agent/late_watch.hpp"
#include "agent/reloader.hpp"
#include "agent/sampler.hpp"
#include "agent/service_notifier.hpp"
#include "agent/service_reporter.hpp"
#include "agent/status_view.hpp"
#include "agent/warning_log.hpp"
#include "config/config.hpp"
#include "embedded/courier.hpp"
#include "local/server/backend.hpp"
#include "local/server/server.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/credentials.hpp"
#include "node/node_runtime.hpp"

namespace dsn::agent {

/// Composes the parts, and serves the local API from them. Lives on main's stack, longer than the
/// io_context runs; everything happens on the thread of the io_context.
class Agent final : public local::Backend, private node::NodeListener {
 public:
  /// `notifier` must outlive the agent. `system_root` stands before each path that sensors read.
  Agent(asio::io_context& io, config::Config config, node::Credentials credentials,
        ServiceNotifier& notifier, std::string system_root);
  ~Agent() override;

  /// Makes the sensors, or says what is wrong with the configuration.
  [[nodiscard]] std::vector<config::Finding> add_sensors();
  /// Opens the local API and begins. An error ends the program. A UDP socket that cannot be opened
  /// is not an error: it is tried again every 5 s.
  Result<void> start(const std::string& socket_path);

  // local::Backend
  std::vector<NodeId> find_nodes(const std::optional<std::string>& node) override;
  std::optional<NodeInfo> node(const NodeId& id) override;
  std::vector<std::string> keys(const NodeId& id) override;
  std::optional<Reading> reading(const NodeId& id, const std::string& key) override;
  void fetch(const FetchRequest& request, Fetched done) override;
  Result<SetReport> set(const std::vector<SetRequest>& entries, std::uint64_t connection) override;
  Result<std::uint64_t> unset(const std::vector<std::string>& keys) override;
  std::size_t keys_held(std::uint64_t connection) override;
  void release(std::uint64_t connection) override;
  void handle_subscriber() override;
  AgentStatus status() override;
  Result<ForgetOutcome> forget(const std::string& text) override;
  KeyStatus network_keys() override;
  Result<void> rotate_key(const KeyRotation& rotation) override;
  void leave() override;
  void fall_asleep(std::chrono::milliseconds silence) override;
  ReloadReport reload() override;
  void examine(Examined done) override;
  void send(const SendRequest& request, bool wants_reply, Sent done) override;
  void emit(const SendRequest& request, SentToAll done) override;
  Result<void> reply(const std::string& ask, const std::optional<Value>& payload,
                     const std::string& failure) override;

 private:
  // node::NodeListener
  void handle_event(const core::CoreEvent& event) override;
  void handle_notice(node::Notice notice) override;
  std::optional<std::string> sensor_of(const std::string& key) override;
  void sample(const std::string& key, const node::ValueFetcher::Done& done) override;
  node::MessageVerdict handle_message(const core::ReceivedMessage& message) override;
  void handle_settled(const core::SettledMessage& message) override;
  void handle_counted() override;

  /// Tells whoever listens.
  void tell(const NodeEvent& event);
  node::MessageVerdict deliver(const Message& message);
  void await_signal();
  void handle_signal(const std::error_code& error, int signal);
  void stop(const wire::Bye& bye);

  asio::io_context& io_;
  config::Config config_;  // by which the agent runs
  const std::string system_root_;
  node::NodeRuntime node_;
  EventLog events_;
  WarningLog warning_log_;
  local::Server server_;
  embedded::Courier courier_;
  Sampler sampler_;
  Hooks hooks_;
  LateWatch late_watch_;
  Reloader reloader_;
  StatusView status_;
  Doctor doctor_;
  ServiceReporter service_;
  loop::Signals signals_;
  loop::Alive alive_;
};

}  // namespace dsn::agent
