// SPDX-License-Identifier: Apache-2.0
// A client of a running agent, over its local socket (docs/local-api.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsn/reading.hpp"
#include "dsn/reload.hpp"
#include "dsn/result.hpp"
#include "dsn/status.hpp"

namespace dsn {

/// Where the local agent listens: `DSN_SOCKET`, else `/run/dsn/agent.sock` if it exists or we are
/// root or there is no `XDG_RUNTIME_DIR`, else `$XDG_RUNTIME_DIR/dsn/agent.sock`.
[[nodiscard]] std::string default_socket_path();

/// Which keys are meant: everything, one node's, or one.
struct ReadQuery {
  std::optional<std::string> node;
  std::optional<std::string> key;
};

/// One key to set on the local node.
struct SetRequest {
  std::string key;
  Value value;
  std::string unit;
  std::optional<std::chrono::milliseconds> max_age;
};

/// What became of the wish to forget a node.
enum class ForgetOutcome : std::uint8_t {
  nothing,     ///< no such node is known
  forgotten,   ///< what was held of it is erased, and its name is free
  name_moved,  ///< the node lives; the name that it bears besides another one is its own now
};

[[nodiscard]] const char* to_string(ForgetOutcome outcome);

/// A blocking connection; every call waits for the agent's answer, 5 s at most. Use one from one
/// thread at a time. After an error of the connection every further call fails with it.
class Client {
 public:
  static Result<Client> connect(const std::string& socket_path);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Readings sorted by node and key. An empty answer is no error.
  Result<std::vector<Reading>> read(const ReadQuery& query);
  Result<std::vector<NodeInfo>> nodes();
  /// All of them in one batch. Returns the new version of the local node's state.
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries);
  /// Returns how many of the keys existed.
  Result<std::uint64_t> unset(const std::vector<std::string>& keys);
  Result<AgentStatus> status();
  /// A node by its name or id. An error says why it is not forgotten.
  Result<ForgetOutcome> forget(const std::string& node);
  /// The local node says good-bye to the network, and its agent ends.
  Result<void> leave();
  /// The agent reads its configuration again and goes on by it, or by the old one if it is wrong.
  Result<ReloadReport> reload();

  /// False once the connection broke: connect anew. An agent that merely refuses a request leaves
  /// it as it is.
  [[nodiscard]] bool connected() const;

  /// Turns the connection into a stream of events; nothing else can be asked on it afterwards.
  Result<void> subscribe();
  /// The next event; nothing if there was none within `timeout`, or when a signal came.
  Result<std::optional<NodeEvent>> next_event(std::chrono::milliseconds timeout);

 private:
  struct Connection;
  explicit Client(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace dsn
