// SPDX-License-Identifier: Apache-2.0
// A client of a running agent, over its local socket (docs/local-api.md).
//
// Rules for all of it: no function throws; what can fail returns a Result. Times are durations of
// std::chrono.
// A function that is not documented as blocking does not block.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dsn/examination.hpp"
#include "dsn/message.hpp"
#include "dsn/network_keys.hpp"
#include "dsn/reading.hpp"
#include "dsn/reload.hpp"
#include "dsn/result.hpp"
#include "dsn/status.hpp"

namespace dsn {

/// The path of the local agent's socket: the value of `DSN_SOCKET` if it is set; else
/// `/run/dsn/agent.sock` if that file exists, the caller is root, or `XDG_RUNTIME_DIR` is not set;
/// else `$XDG_RUNTIME_DIR/dsn/agent.sock`. Reads the environment, so no other thread may change it
/// meanwhile.
[[nodiscard]] std::string default_socket_path();

/// A reading by what does not change of it.
struct ReadingName {
  std::string node_id;  ///< 32 hexadecimal digits
  std::string key;
};

/// Which readings to answer with, or to tell of. An empty query selects all of them. Texts may be
/// patterns (fnmatch): `*` is any text, `?` one byte, `[...]` one of several; up to 256 bytes.
struct ReadQuery {
  std::optional<std::string> node = {};      ///< only of nodes with this name or id
  std::optional<std::string> key = {};       ///< only with this key
  std::optional<std::string> database = {};  ///< only with this before the first `/` of their key
  std::vector<NodeState> states = {};        ///< only of nodes in one of these states
  std::vector<Freshness> statuses = {};      ///< only with one of these
  /// At most so many readings, the first ones; for Client::read() only.
  std::optional<std::uint32_t> limit = {};
  /// Only readings behind this one, the last of the page before; for Client::read() only.
  std::optional<ReadingName> after = {};
};

/// One key of one node, whose value may have to be fetched.
struct FetchRequest {
  std::string node{};  ///< its name or id
  std::string key{};   ///< may be one of the local node, too
  bool fresh = false;  ///< the owner's sensor measures first
  /// How long other nodes are asked; 100 ms to 1 h.
  std::chrono::milliseconds timeout{5'000};
};

/// One key to set on the local node. Without `ttl`, `hold` or `keep`, of which one may be given, it
/// lasts until it is unset or the agent ends.
struct SetRequest {
  /// 1 to 64 bytes of UTF-8, such as "room/temperature", without control and format characters,
  /// blanks at the ends, and empty parts between `/`.
  std::string key{};
  Value value{};       ///< at most 1 KiB encoded, or 16 KiB in a database on demand
  std::string unit{};  ///< a SenML unit such as "Cel", or empty
  /// The age at which the reading counts as late; nothing: it is never late.
  std::optional<std::chrono::milliseconds> max_age{};
  /// The agent removes the key after this time, unless it was set again.
  std::optional<std::chrono::milliseconds> ttl{};
  bool hold = false;  ///< the agent removes the key when this connection ends
  /// The key is there again after a restart of the agent. It has no max_age then, and its age
  /// begins anew. The only case in which an agent writes to its disk for a key, once a minute at
  /// most.
  bool keep = false;
  /// The name of a device that runs no node, for which this one publishes: readers see it as a node
  /// of its own, `esp1` of the node attic as `attic.esp1`. Its key and name have 62 bytes together.
  /// A name with dots is of a device behind others, such as `cabin.barn`.
  std::string as{};
  /// How old the value is already, such as one that came through others. What was measured before
  /// the agent started is shown as old as the agent, and is late when it should be all the same.
  std::chrono::milliseconds age{0};
  /// What is measured: as Reading::device_class.
  std::string device_class{};
  /// The decimals that mean something, 0 to 9, as Reading::precision. The value is not rounded.
  std::optional<std::uint32_t> precision{};
};

/// What set() did.
struct SetReport {
  std::uint64_t version = 0;  ///< of the local node's state
  std::string node{};         ///< the name of the local node
};

/// What forget() did.
enum class ForgetOutcome : std::uint8_t {
  nothing,     ///< no such node is known
  forgotten,   ///< the agent erased its copy of the node's state; the node's name is free
  name_moved,  ///< the node is live and was in a name conflict; the name now belongs to it
};

[[nodiscard]] const char* to_string(ForgetOutcome outcome);

/// A connection to an agent. Every call blocks until the answer is there; an agent that says
/// nothing for 5 s counts as ErrorCode::timed_out. The agent ends a connection on which nothing was
/// asked for 60 s after connect(). Use a Client from one thread at a time; several clients are
/// independent. A Client that was moved from may only be destroyed or assigned to.
///
/// Errors: ErrorCode::refused, permission_denied and invalid_argument are the agent's answer, and
/// the connection works on. After disconnected or timed_out the connection is broken, and every
/// further call fails with the same error: connect() anew. AsyncClient of async_client.hpp does not
/// block.
class Client {
 public:
  /// Fails at once with ErrorCode::unreachable if no agent listens on the socket, and with
  /// permission_denied if its file does not admit the caller.
  [[nodiscard]] static Result<Client> connect(const std::string& socket_path);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// Readings sorted by node and key, each as it was when the agent wrote it. A node, key or
  /// pattern that fits nothing gives an empty list and no error. With a `limit` it is a page, and
  /// the last one has less; ErrorCode::not_found: the node of `after` is not known any more.
  Result<std::vector<Reading>> read(const ReadQuery& query);
  /// One reading, with its value: one that is on demand is fetched from its owner, or from another
  /// node that has it. Blocks up to the timeout of the request. ErrorCode::not_found: there is no
  /// such key. Another error says why the value is not here, or why it was not measured anew.
  Result<Reading> fetch(const FetchRequest& request);
  /// All nodes of the network that the agent knows, the local one included.
  Result<std::vector<NodeInfo>> nodes();
  /// Sets 1 to 256 keys of the local node at once: all of them, or none if one is refused. A key
  /// that a sensor measures is refused.
  Result<SetReport> set(const std::vector<SetRequest>& entries);
  /// Removes 1 to 256 keys of the local node; of those that programs set, a pattern (fnmatch: `*`
  /// and
  /// `?`) removes all that fit. Returns how many keys were removed.
  Result<std::uint64_t> unset(const std::vector<std::string>& keys);
  Result<AgentStatus> status();
  /// Has the agent ask all nodes what they know, and probe the ways to them. Blocks for a second or
  /// two, and up to a minute where much is wrong.
  Result<Examination> examine();
  /// Says who this program is, for modules(): a name of 1 to 64 bytes without control characters,
  /// and a version, or none.
  Result<void> hello(const std::string& name, const std::string& version = {});
  /// The connections to this agent of programs that said who they are, sorted by name and pid.
  Result<std::vector<ModuleInfo>> modules();
  /// Erases the agent's copy of a node, given by its name or id. Refused for a node that is live,
  /// unless two nodes go by one name: then the name is given to this one.
  Result<ForgetOutcome> forget(const std::string& node);
  /// Which keys the network has, who has the newest one, and who is out.
  Result<KeyStatus> network_keys();
  /// Gives the network a new key, which its authority signed. Only root and the user of the agent
  /// may.
  Result<void> rotate_key(const KeyRotation& rotation);
  /// The local node says good-bye to the network, and its agent ends.
  Result<void> leave();
  /// The local node says that it will be back after `silence` (1 s to 30 days) at the latest, and
  /// its agent ends.
  Result<void> sleep(std::chrono::milliseconds silence);
  /// The agent reads its configuration again. It keeps the old one if the new one has errors, which
  /// the report lists; that is no error of the call.
  Result<ReloadReport> reload();

  /// False once the connection is broken.
  [[nodiscard]] bool connected() const;
  /// The socket, to wait until something comes: with poll(), or in the loop of a program. Then take
  /// what is there with a timeout of 0 until nothing is. Nothing else may be done with it.
  [[nodiscard]] int descriptor() const;

  /// Sends a message to the programs that listen on a node, the local one included, and says what
  /// became of it. Blocks up to the timeout of the request. ErrorCode::not_found: there is no such
  /// node. That nobody has the message is no error of the call: SendReport says so.
  Result<SendReport> send(const SendRequest& request);
  /// The same, and waits for the reply of one of the listeners.
  Result<SendReport> ask(const SendRequest& request);
  /// Sends a message to all nodes that can be reached, the local one included: a report for each,
  /// sorted by name. `node` of the request is not looked at.
  Result<std::vector<SendReport>> emit(const SendRequest& request);
  /// Replies to a Message, by its `ask`. The first reply of any listener counts;
  /// ErrorCode::not_found: it was answered already, or the sender waits no longer.
  Result<void> reply(const std::string& ask, const Value& payload);
  /// Says why there is no reply.
  Result<void> decline(const std::string& ask, const std::string& reason);

  /// From now on events come on this connection: see next_event(). They are about what the query
  /// selects, instead of that of an earlier call: updates of readings with one of `statuses`, of
  /// nodes in one of `states`; every removal of such a key; and what happens to the nodes.
  ///
  /// With `snapshot` the present comes first, an event `updated` for each reading, and then the
  /// event `snapshot`. Changes may come in between: none is missing, and none is older than what
  /// was told of its reading before. Take these events before the next call: it would keep them.
  Result<void> subscribe(const ReadQuery& query = {}, bool snapshot = false);
  /// From now on messages come on this connection whose names fit one of the patterns (fnmatch: `*`
  /// and `?`), instead of those of an earlier call: see next_message(). Without patterns: all.
  Result<void> listen(const std::vector<std::string>& names);
  /// Waits for the next event. Nothing if none came within `timeout`, or if a signal interrupted
  /// the wait. A subscriber that does not read for long is disconnected by the agent. Other calls
  /// on the connection keep what comes meanwhile, up to 4096 events and messages together: with
  /// more the connection breaks.
  Result<std::optional<NodeEvent>> next_event(std::chrono::milliseconds timeout);
  /// The same for messages.
  Result<std::optional<Message>> next_message(std::chrono::milliseconds timeout);

 private:
  struct Connection;
  explicit Client(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace dsn
