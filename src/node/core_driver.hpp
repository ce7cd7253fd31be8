// SPDX-License-Identifier: Apache-2.0
// Runs the core: hands it datagrams, time and commands, and carries out its effects.
#pragma once

#include <asio/io_context.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/node.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "net/resolver.hpp"
#include "net/transport.hpp"
#include "node/node_settings.hpp"

namespace dsn::node {

/// What becomes of an application message that arrived.
struct MessageVerdict {
  wire::DataOutcome outcome = wire::DataOutcome::nobody_listens;
  std::uint64_t listeners = 0;
};

/// What is known of a bootstrap node: where its name leads to, or why it leads nowhere.
struct BootstrapLookup {
  BootstrapNode node;
  Instant since{};  ///< when it was first tried
  std::vector<Endpoint> endpoints;
  std::string problem;  ///< of the last lookup; empty if it was answered
};

/// Hears what the core reports. Called from within the driver's calls: it must neither call the
/// driver nor destroy it.
class CoreListener {
 public:
  virtual ~CoreListener() = default;
  virtual void handle_event(const core::CoreEvent& event) = 0;
  virtual MessageVerdict handle_message(const core::ReceivedMessage& /*message*/) { return {}; }
  virtual void handle_settled(const core::SettledMessage& /*message*/) {}
  /// A datagram to all machines of the link, which is none of the core's.
  virtual void handle_call(const net::Received& /*received*/) {}
  /// The incarnation has changed and must outlive this process.
  virtual void handle_persist() = 0;
  /// The keys of the network have, and nothing is sent before they are kept.
  virtual void handle_store_keys() {}
  /// Follows the last datagram that was ready. This may call the driver.
  virtual void handle_batch_end() {}
  /// After every input: the counters may have changed.
  virtual void handle_counted() = 0;
};

/// The addresses of the bootstrap nodes, which is what the core knows of them.
[[nodiscard]] std::vector<std::string> hosts_of(const std::vector<BootstrapNode>& bootstraps);

/// One turn of the loop is: an input to the core, its effects, the next deadline. All arguments
/// must outlive the driver. It may be destroyed while the io_context runs.
class CoreDriver final : public net::TransportHandler {
 public:
  CoreDriver(asio::io_context& io, core::Node& node, const std::vector<BootstrapNode>& bootstraps,
             CoreListener& listener);
  CoreDriver(const CoreDriver&) = delete;
  CoreDriver& operator=(const CoreDriver&) = delete;

  /// `transport` is not owned. Without one (local-only), datagrams are not sent.
  void start(net::Transport* transport);
  Result<std::uint64_t> commit(std::span<const core::Write> writes);
  /// As core::Node::send.
  Result<std::vector<std::uint64_t>> send(std::span<const NodeId> to,
                                          const wire::AppMessage& message, Duration patience);
  /// As core::Node::rotate.
  core::Keyring::Verdict rotate(const wire::KeyMessage& message);
  /// Multicasts a HELLO now.
  void say_hello();
  void set_bootstraps(const std::vector<BootstrapNode>& bootstraps);
  [[nodiscard]] const std::vector<BootstrapLookup>& bootstraps() const { return bootstraps_; }
  void set_expected(std::vector<std::string> names);
  void set_retain(Duration retain);
  /// Says good-bye, and leaves no work on the io_context. No input may follow.
  void stop(const wire::Bye& bye);

  /// Events that were dropped because one call had too many.
  [[nodiscard]] std::uint64_t events_lost() const { return effects_.events_lost(); }

  /// Whether CoreListener::handle_batch_end() follows soon.
  [[nodiscard]] bool batch_under_way() const { return batch_under_way_; }

  void handle_datagram(const net::Received& received) override;
  void handle_call(const net::Received& received) override { listener_.handle_call(received); }
  void handle_batch_end() override;
  void handle_interfaces_changed() override;

 private:
  void drain();
  void send_datagrams();
  void tell_of_messages();
  void resolve_bootstraps();
  void handle_resolved(std::size_t index, const BootstrapNode& asked,
                       const Result<std::vector<Endpoint>>& endpoints);
  void run_due();
  void arm();
  void handle_timer(const std::error_code& error);

  core::Node& node_;
  std::vector<BootstrapLookup> bootstraps_;
  CoreListener& listener_;
  net::Transport* transport_ = nullptr;
  std::optional<net::Resolver> resolver_;  // until stop()
  loop::Timer timer_;
  Instant armed_for_ = kNever;
  bool batch_under_way_ = false;
  core::Effects effects_;
  std::vector<net::Outgoing> outgoing_;
  loop::Alive alive_;
};

}  // namespace dsn::node
