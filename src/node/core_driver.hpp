// SPDX-License-Identifier: Apache-2.0
// Runs the core: feeds it datagrams, time and commands, and does what it wants done.
#pragma once

#include <asio/io_context.hpp>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "core/node.hpp"
#include "loop/handles.hpp"
#include "net/resolver.hpp"
#include "net/transport.hpp"

namespace dsn::node {

/// Told of what the core reports. Called from within the driver's calls.
class CoreListener {
 public:
  virtual ~CoreListener() = default;
  virtual void handle_event(const core::CoreEvent& event) = 0;
  /// The incarnation has changed and must outlive this process.
  virtual void handle_persist() = 0;
  /// After every input: counters may show something that the operator should know.
  virtual void handle_counted() = 0;
};

/// What the core knows of bootstrap nodes.
[[nodiscard]] std::vector<std::string> hosts_of(
    const std::vector<config::BootstrapNode>& bootstraps);

/// One loop turn is: an input to the core, its effects, the next deadline. All arguments must
/// outlive the driver. Without a transport (local-only) datagrams are not sent.
class CoreDriver final : public net::TransportHandler {
 public:
  CoreDriver(asio::io_context& io, core::Node& node, std::vector<config::BootstrapNode> bootstraps,
             CoreListener& listener);
  CoreDriver(const CoreDriver&) = delete;
  CoreDriver& operator=(const CoreDriver&) = delete;

  /// `transport` may be null; it is not owned.
  void start(net::Transport* transport);
  Result<std::uint64_t> commit(std::span<const core::Write> writes);
  void set_bootstraps(std::vector<config::BootstrapNode> bootstraps);
  void stop(wire::ByeReason reason);

  /// Events that one call had too many of.
  [[nodiscard]] std::uint64_t events_lost() const { return effects_.events_lost(); }

  void handle_datagram(const net::Received& received) override;
  void handle_batch_end() override {}
  void handle_interfaces_changed() override;

 private:
  void drain();
  void send_datagrams();
  void resolve_bootstraps();
  void handle_resolved(std::size_t index, const config::BootstrapNode& asked,
                       const Result<std::vector<Endpoint>>& endpoints);
  void run_due();
  void arm();
  void handle_timer(const std::error_code& error);

  core::Node& node_;
  std::vector<config::BootstrapNode> bootstraps_;
  CoreListener& listener_;
  net::Transport* transport_ = nullptr;
  net::Resolver resolver_;
  loop::Timer timer_;
  Instant armed_for_ = kNever;
  core::Effects effects_;
  std::vector<net::Outgoing> outgoing_;
};

}  // namespace dsn::node
