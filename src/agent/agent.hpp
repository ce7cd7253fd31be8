// SPDX-License-Identifier: Apache-2.0
// The agent: one node, its sensors, its sockets and its local API on one io_context.
#pragma once

#include <asio/io_context.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/cause_log.hpp"
#include "agent/hooks.hpp"
#include "agent/sampler.hpp"
#include "agent/service_notifier.hpp"
#include "config/config.hpp"
#include "core/node.hpp"
#include "crypto/psa_crypto.hpp"
#include "local/server/backend.hpp"
#include "local/server/server.hpp"
#include "loop/handles.hpp"
#include "net/transport.hpp"
#include "node/core_driver.hpp"
#include "node/credentials.hpp"
#include "node/state_file.hpp"
#include "node/state_keeper.hpp"

namespace dsn::agent {

/// The port of the multicast groups; the same for all agents, whatever their own port is.
inline constexpr std::uint16_t kMulticastPort = 17374;

/// Lives on main's stack. Everything happens on the io_context's thread.
class Agent final : public local::Backend, public node::CoreListener {
 public:
  /// `service` must outlive the agent.
  Agent(asio::io_context& io, config::Config config, node::Credentials credentials,
        ServiceNotifier& service);
  ~Agent() override;

  /// Makes the sensors, or says what is wrong with the configuration. `root` stands before each
  /// path that they read.
  [[nodiscard]] std::vector<config::Finding> add_sensors(const std::string& root);
  /// Opens the local API and begins. An error ends the program; UDP sockets that cannot be opened
  /// yet are none, they are tried again while it runs.
  Result<void> start(const std::string& socket_path);

  // local::Backend
  std::vector<Reading> read(const ReadQuery& query) override;
  std::vector<NodeInfo> nodes() override;
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries) override;
  Result<std::uint64_t> unset(const std::vector<std::string>& keys) override;
  AgentStatus status() override;
  Result<ForgetOutcome> forget(const std::string& node) override;
  void leave() override;
  ReloadReport reload() override;

  // CoreListener
  void handle_event(const core::CoreEvent& event) override;
  void handle_persist() override;
  void handle_counted() override;

 private:
  void await_signal();
  void handle_signal(const std::error_code& error, int signal);
  void stop(wire::ByeReason reason);
  void open_transport();
  void handle_reopen(const std::error_code& error);
  void save_state();
  void arm_save();
  void handle_save(const std::error_code& error);
  void log_event(const core::CoreEvent& event);
  [[nodiscard]] std::string service_line() const;
  void tell_service_manager();
  void arm_watchdog();
  void handle_watchdog(const std::error_code& error);
  void apply(const std::vector<std::string>& changed);
  void log_reload(const ReloadReport& report) const;
  [[nodiscard]] std::vector<std::string> reload_warnings() const;
  [[nodiscard]] std::vector<std::string> warnings() const;
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;
  [[nodiscard]] core::NodeOptions node_options() const;

  asio::io_context& io_;
  config::Config config_;  // that it runs by
  const node::Credentials credentials_;
  ServiceNotifier& service_;
  const Instant started_;
  crypto::PsaCrypto crypto_;
  node::SavedState saved_;  // by the last run
  core::Node node_;
  node::StateKeeper keeper_;
  node::CoreDriver driver_;
  local::Server server_;
  Sampler sampler_;
  Hooks hooks_;
  std::optional<net::Transport> transport_;
  std::string transport_problem_;
  loop::Timer reopen_timer_;
  loop::Timer save_timer_;
  loop::Timer watchdog_timer_;
  loop::Signals signals_;
  CauseLog causes_;
  std::string system_root_;
  std::vector<std::string> reload_errors_;  // of the last reload: nothing of it was taken
  std::vector<std::string> next_start_;     // keys of the file that differ from config_
};

}  // namespace dsn::agent
