// SPDX-License-Identifier: Apache-2.0
// A node of the network inside of a program, without an agent. Link dsn-node (`dsn-node.pc`).
//
// Rules for all of it: no function throws; what can fail returns a Result. Times are durations of
// std::chrono. Many nodes may be in one process.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsn/client.hpp"
#include "dsn/message.hpp"
#include "dsn/reading.hpp"
#include "dsn/result.hpp"

namespace asio {
class io_context;
}

namespace dsn {

/// What a node is told before it starts. What is left out has the default of docs/configuration.md.
struct NodeConfig {
  struct Bootstrap {
    std::string address{};  ///< IPv4, IPv6 (link-local with %interface) or host name
    std::uint16_t port = 17373;
  };
  /// A configuration file. Keys that are given here count instead of those in the file.
  std::string file{};
  std::string node_id{};  ///< 1 to 63 of a-z, 0-9, '-' and '_'; default: the host name
  std::optional<std::uint16_t> port{};  ///< 0: any free one
  std::string network_ip{};             ///< the address to use; empty: all addresses
  std::string aes_key{};                ///< the network's key, 32 hexadecimal digits
  std::string aes_key_file{};           ///< a file with it; with neither the node is alone
  /// The folder for the node's identity, which no other node may use.
  std::string credential_dir{};
  std::vector<Bootstrap> bootstrap_nodes{};
  /// Any key of docs/configuration.md by its name. `sensors`, `hooks` and `commands` are for
  /// dsn-agent, and are refused.
  std::map<std::string, Value> more{};
};

/// What a node calls, on its thread. All of it may call the node, but what blocks is refused there.
struct NodeCallbacks {
  std::function<void(const Reading&)> updated{};     ///< a key of any node has a new value
  std::function<void(const std::string&)> joined{};  ///< the name of a node that was met
  std::function<void(const std::string&)> gone{};    ///< the name of a node that is lost or left
  std::function<void(const NodeEvent&)> event{};     ///< these and all others
  /// A message of a program on another node, or of this one. Without this function nobody listens.
  std::function<void(const Message&)> message{};
};

/// Takes part in the network from start() to stop(). A Node that was moved from may only be
/// destroyed or assigned to.
///
/// On a thread of its own, every function may be called from any thread. On the io_context of the
/// caller, everything happens on the thread that runs it, and functions must be called from there.
class Node {
 public:
  /// ErrorCode::invalid_argument: the configuration is wrong, and the sentence says where.
  /// ErrorCode::refused: another process has the folder of the identity. A port that is taken, or a
  /// folder that cannot be written, is no error: the node tries again.
  [[nodiscard]] static Result<Node> start(const NodeConfig& config, NodeCallbacks callbacks = {});
  /// `io` must outlive the node.
  [[nodiscard]] static Result<Node> start(asio::io_context& io, const NodeConfig& config,
                                          NodeCallbacks callbacks = {});
  Node(Node&&) noexcept;
  Node& operator=(Node&&) noexcept;
  /// stop(), unless that was called.
  ~Node();

  /// Says that it will be back, or, with `sleep` in the configuration, when, and ends. Not from
  /// within a callback.
  void stop();
  /// Says good-bye for good, and ends. Not from within a callback.
  void leave();
  /// Says that it will be back after `silence` (up to 30 days) at the latest, and ends. Not from
  /// within a callback.
  void sleep(std::chrono::milliseconds silence);

  [[nodiscard]] const std::string& name() const;
  /// The identity, 32 hexadecimal digits.
  [[nodiscard]] const std::string& id() const;
  /// The UDP port; 0 while there is none.
  [[nodiscard]] std::uint16_t port() const;

  /// As Client. `hold` lasts as long as the node. Returns the version of the node's state.
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries);
  Result<std::uint64_t> set(const std::string& key, const Value& value);
  Result<std::uint64_t> unset(const std::vector<std::string>& keys);

  /// What is held now. Neither of them waits for the network.
  [[nodiscard]] std::vector<Reading> read(const ReadQuery& query = {}) const;
  [[nodiscard]] std::optional<Reading> read(const std::string& node, const std::string& key) const;
  [[nodiscard]] std::vector<NodeInfo> nodes() const;

  using Fetched = std::function<void(const Result<Reading>&)>;
  /// As Client, for values that are on demand. The first one blocks up to the timeout of the
  /// request, and is refused as send() is; the other one calls `done` once, on the node's thread,
  /// maybe within the call.
  Result<Reading> fetch(const FetchRequest& request);
  void fetch(const FetchRequest& request, Fetched done);

  using Sent = std::function<void(const Result<SendReport>&)>;
  using SentToAll = std::function<void(const Result<std::vector<SendReport>>&)>;
  /// As Client. They block up to the timeout of the request, and are for nodes on a thread of their
  /// own: ErrorCode::refused otherwise, and from within callbacks.
  Result<SendReport> send(const SendRequest& request);
  Result<SendReport> ask(const SendRequest& request);
  Result<std::vector<SendReport>> emit(const SendRequest& request);
  /// These do not block. `done` is called once, on the node's thread.
  void send(const SendRequest& request, Sent done);
  void ask(const SendRequest& request, Sent done);
  void emit(const SendRequest& request, SentToAll done);
  Result<void> reply(const std::string& ask, const Value& payload);
  Result<void> decline(const std::string& ask, const std::string& reason);

  /// A new key for a network, as 32 hexadecimal digits. The Error says that the machine has no
  /// randomness yet.
  [[nodiscard]] static Result<std::string> new_key();

 private:
  class Impl;
  explicit Node(std::unique_ptr<Impl> impl);
  static Result<Node> start_on(asio::io_context* io, const NodeConfig& config,
                               NodeCallbacks callbacks);
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn
