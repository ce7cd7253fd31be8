// SPDX-License-Identifier: Apache-2.0
// One node on an event loop, with its sockets and files: what dsn-agent is made of.
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/node.hpp"
#include "crypto/psa_crypto.hpp"
#include "dsn/client.hpp"
#include "dsn/status.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "net/transport.hpp"
#include "node/core_driver.hpp"
#include "node/credentials.hpp"
#include "node/network_calls.hpp"
#include "node/node_settings.hpp"
#include "node/own_keys.hpp"
#include "node/state_file.hpp"
#include "node/state_keeper.hpp"
#include "node/value_fetcher.hpp"

namespace dsn::node {

/// A change of the node's own condition that its operator should know.
enum class Notice : std::uint8_t {
  online,      ///< the UDP sockets are open: network_id(), port() and port_problem()
  offline,     ///< no UDP socket can be opened: network_problem(); tried again every 5 s
  not_saved,   ///< the folder cannot be written: keeper().problem(); tried again
  saved_again  ///< the folder can be written again
};

/// Hears what happens in the network and to the node. Called from within the calls and handlers of
/// the NodeRuntime: it may read from it, but must neither change nor destroy it.
class NodeListener {
 public:
  virtual ~NodeListener() = default;
  virtual void handle_event(const core::CoreEvent& event) = 0;
  virtual void handle_notice(Notice notice) = 0;
  /// The sensor that measures a key of this node, which programs can neither set nor unset then.
  virtual std::optional<std::string> sensor_of(const std::string& /*key*/) { return {}; }
  /// Samples the sensor that measures a key of this node, and calls `done` when its values are
  /// committed, or with the reason why there are none.
  virtual void sample(const std::string& /*key*/, const ValueFetcher::Done& done) {
    done(Error{"no sensor measures it", ErrorCode::not_found});
  }
  /// A message of a program on another node. Without an override nobody listens.
  virtual MessageVerdict handle_message(const core::ReceivedMessage& /*message*/) { return {}; }
  /// What became of a message that send() was given.
  virtual void handle_settled(const core::SettledMessage& /*message*/) {}
  /// Follows the last datagram that was ready, while NodeRuntime::batch_under_way(). This may call
  /// the node, but not stop it.
  virtual void handle_batch_end() {}
  /// After every input: the counters may have changed.
  virtual void handle_counted() = 0;
};

/// A node with everything that it needs to take part in a network. It writes no log, and many of
/// them may run in one process. It has one life: start(), then stop().
///
/// Everything happens on the thread of the io_context, which may run on after the node is
/// destroyed; no handler of the node is called then.
class NodeRuntime final : private CoreListener {
 public:
  /// Loads the state of the last run from the credential folder. `io` and `listener` must outlive
  /// the node. Needs crypto::initialise_crypto().
  NodeRuntime(asio::io_context& io, NodeSettings settings, Credentials credentials,
              NodeListener& listener);
  NodeRuntime(const NodeRuntime&) = delete;
  NodeRuntime& operator=(const NodeRuntime&) = delete;
  ~NodeRuntime() override;

  /// Saves the raised incarnation, opens the sockets and begins. A socket or a folder that cannot
  /// be had is not an error: it is tried again, and the listener hears of it.
  void start();
  /// Says good-bye, saves and closes. It leaves no work on the io_context.
  void stop(const wire::Bye& bye);

  /// All writes in one batch. Returns the new version of the node's state.
  Result<std::uint64_t> commit(std::span<const core::Write> writes) {
    return own_keys_.commit(writes);
  }
  /// What a program sets. Keys with `hold` last until release(holder).
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries, std::uint64_t holder = 0) {
    return own_keys_.set(entries, holder);
  }
  /// Keys, or patterns for those that programs set. Returns how many keys were removed.
  Result<std::uint64_t> unset(const std::vector<std::string>& keys) {
    return own_keys_.unset(keys);
  }
  void release(std::uint64_t holder) { own_keys_.release(holder); }
  /// The keys that release() would remove.
  [[nodiscard]] std::vector<std::string> held_by(std::uint64_t holder) const {
    return own_keys_.held_by(holder);
  }
  void set_databases(std::vector<Database> databases) {
    own_keys_.set_databases(std::move(databases));
  }
  /// A program reads a key by its name: see dsn::Client. `done` is called once, within the call or
  /// later.
  void fetch(const FetchRequest& request, std::function<void(const Result<Reading>&)> done);
  /// As core::Node::send.
  Result<std::vector<std::uint64_t>> send(std::span<const NodeId> to,
                                          const wire::AppMessage& message, Duration patience) {
    return driver_.send(to, message, patience);
  }
  /// How many warnings the others are told that this node has.
  void set_warnings(std::uint32_t count) { core_.set_warnings(count); }
  /// Takes a new key of the network that its authority made, and hands it on.
  core::Keyring::Verdict rotate(const wire::KeyMessage& message) { return driver_.rotate(message); }
  /// Multicasts a HELLO now.
  void say_hello() { driver_.say_hello(); }
  /// Whether NodeListener::handle_batch_end() follows soon.
  [[nodiscard]] bool batch_under_way() const { return driver_.batch_under_way(); }
  /// Asks which other networks are on this LAN. They are among network_calls() within a second.
  void call_networks();
  [[nodiscard]] const NetworkCalls& network_calls() const { return calls_; }
  /// core::Node::forget(), on disk as well.
  core::Forgotten forget(const NodeId& id);
  void set_bootstraps(const std::vector<BootstrapNode>& bootstraps);
  [[nodiscard]] const std::vector<BootstrapLookup>& bootstraps() const {
    return driver_.bootstraps();
  }
  void set_interfaces(std::vector<std::string> names);
  void set_expected(std::vector<std::string> names);
  void set_retain(std::optional<std::chrono::milliseconds> retain);

  /// What the node holds, for node/readings_view and node/node_labels.
  [[nodiscard]] const core::Node& core() const { return core_; }
  [[nodiscard]] const NodeSettings& settings() const { return settings_; }
  [[nodiscard]] const Credentials& credentials() const { return credentials_; }
  [[nodiscard]] const StateKeeper& keeper() const { return keeper_; }
  /// Without a network key: the node has no sockets, and nobody can be reached.
  [[nodiscard]] bool local_only() const { return !credentials_.network_key.has_value(); }
  /// When it was constructed.
  [[nodiscard]] Instant started() const { return started_; }
  /// Why the state of the last run could not be loaded; empty if it could.
  [[nodiscard]] const std::string& load_problem() const { return load_problem_; }
  /// Why the keys of the network could not be loaded or kept; empty if they could. The node goes on
  /// with what it has, and is given the newest key again after a restart.
  [[nodiscard]] const std::string& keys_problem() const { return keys_problem_; }
  /// Why no UDP socket is open; empty if one is, or if the node is local-only.
  [[nodiscard]] const std::string& network_problem() const { return network_problem_; }
  /// The unicast port; 0 if there is none.
  [[nodiscard]] std::uint16_t port() const { return transport_ ? transport_->port() : 0; }
  /// As net::Transport: why port() is not the default port; empty if it is, or if one was given.
  [[nodiscard]] std::string port_problem() const {
    return transport_ ? transport_->port_problem() : std::string();
  }
  /// The network interfaces that the node uses, or would like to use.
  [[nodiscard]] std::vector<InterfaceStatus> interfaces() const;
  /// The sockets; nothing for a local-only node.
  [[nodiscard]] const net::Transport* transport() const {
    return transport_ ? &*transport_ : nullptr;
  }
  /// Everything that the core, the driver and the sockets count, by name.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  // CoreListener
  void handle_event(const core::CoreEvent& event) override;
  MessageVerdict handle_message(const core::ReceivedMessage& message) override;
  void handle_settled(const core::SettledMessage& message) override;
  void handle_call(const net::Received& received) override;
  void handle_persist() override;
  void handle_store_keys() override;
  void handle_batch_end() override { listener_.handle_batch_end(); }
  void handle_counted() override;

  void note_kept();
  [[nodiscard]] SavedState state_now() const;
  [[nodiscard]] core::NodeOptions core_options();
  [[nodiscard]] core::KeyringContents load_keys();
  [[nodiscard]] net::TransportOptions transport_options() const;
  void open_transport();
  void reopen_later();
  void handle_reopen(const std::error_code& error);
  void save();
  void store_keys();
  void arm_save();
  void handle_save(const std::error_code& error);
  void arm_calls();
  void handle_call_due(const std::error_code& error);

  const NodeSettings settings_;
  Credentials credentials_;  // unlocked by stop(), otherwise as it was given
  NodeListener& listener_;
  const Instant started_;
  crypto::PsaCrypto crypto_;
  std::string load_problem_;
  std::string keys_problem_;
  bool keys_unsaved_ = false;  // what is on disk is older
  SavedState saved_;           // by the last run
  core::Node core_;
  StateKeeper keeper_;
  CoreDriver driver_;
  std::optional<net::Transport> transport_;  // from start() on, unless local-only
  std::string network_problem_;
  loop::Timer reopen_timer_;
  OwnKeys own_keys_;
  ValueFetcher fetcher_;
  loop::Timer save_timer_;
  NetworkCalls calls_;
  loop::Timer call_timer_;
  loop::Alive alive_;
};

}  // namespace dsn::node
