// SPDX-License-Identifier: Apache-2.0
// What the local API serves. The agent implements it, and so do tests of the server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "dsn/client.hpp"
#include "dsn/message.hpp"
#include "dsn/network_keys.hpp"
#include "dsn/reading.hpp"
#include "dsn/reload.hpp"
#include "dsn/result.hpp"
#include "dsn/status.hpp"

namespace dsn::local {

/// Called on the thread of the event loop, and must not block. Errors say why the node refuses.
///
/// A list is asked for one element at a time, in different turns of the event loop: what
/// find_nodes() and keys() named may be gone when it is asked for.
class Backend {
 public:
  virtual ~Backend() = default;
  /// The nodes that a name or an id selects, or all of them; sorted by name, then id.
  virtual std::vector<NodeId> find_nodes(const std::optional<std::string>& node) = 0;
  virtual std::optional<NodeInfo> node(const NodeId& id) = 0;
  /// Sorted.
  virtual std::vector<std::string> keys(const NodeId& id) = 0;
  virtual std::optional<Reading> reading(const NodeId& id, const std::string& key) = 0;
  using Fetched = std::function<void(const Result<Reading>&)>;
  /// A reading with its value, which may have to be fetched. `done` is called once, within the call
  /// or later.
  virtual void fetch(const FetchRequest& request, Fetched done) = 0;
  /// All entries are taken, or none. Those with `hold` end with release(connection).
  virtual Result<SetReport> set(const std::vector<SetRequest>& entries,
                                std::uint64_t connection) = 0;
  /// Returns how many keys were removed.
  virtual Result<std::uint64_t> unset(const std::vector<std::string>& keys) = 0;
  /// How many keys end with the connection.
  virtual std::size_t keys_held(std::uint64_t connection) = 0;
  /// Removes what the connection held.
  virtual void release(std::uint64_t connection) = 0;
  /// A connection subscribes: from now on it is told when readings are late, and when they are
  /// back.
  virtual void handle_subscriber() = 0;
  virtual AgentStatus status() = 0;
  virtual Result<ForgetOutcome> forget(const std::string& node) = 0;
  virtual KeyStatus network_keys() = 0;
  /// Takes a new key of the network, and hands it on.
  virtual Result<void> rotate_key(const KeyRotation& rotation) = 0;
  /// Begins to leave the network. The answer still goes out; then the program ends.
  virtual void leave() = 0;
  /// Likewise, and says that the node will be back after `silence` at the latest.
  virtual void fall_asleep(std::chrono::milliseconds silence) = 0;
  virtual ReloadReport reload() = 0;
  using Examined = std::function<void(const Examination&)>;
  /// Examines the whole network. `done` is called once, later.
  virtual void examine(Examined done) = 0;

  using Sent = std::function<void(const Result<SendReport>&)>;
  using SentToAll = std::function<void(const Result<std::vector<SendReport>>&)>;
  /// Sends a message to a node, this one included. `done` is called once, within the call or later;
  /// an Error says why nothing was sent. With `wants_reply` it waits for the reply.
  virtual void send(const SendRequest& request, bool wants_reply, Sent done) = 0;
  /// Sends a message to all nodes that can be reached, this one included. The name of `request`
  /// says what it is about, its node is empty.
  virtual void emit(const SendRequest& request, SentToAll done) = 0;
  /// Replies to an ask, or says why there is no reply.
  virtual Result<void> reply(const std::string& ask, const std::optional<Value>& payload,
                             const std::string& failure) = 0;
};

}  // namespace dsn::local
