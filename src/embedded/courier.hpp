// SPDX-License-Identifier: Apache-2.0
// Messages between programs: those of this machine to other nodes, those of other nodes to the
// programs that listen here, and the replies to asks.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "dsn/message.hpp"
#include "loop/alive.hpp"
#include "loop/handles.hpp"
#include "node/node_runtime.hpp"

namespace dsn::embedded {

/// Asks of others that wait for a reply here. At the bound the oldest gives way.
inline constexpr std::size_t kAsksMax = 1024;

/// `node` and `io` must outlive it. `deliver` hands a message to whoever takes it on this machine.
class Courier {
 public:
  using Deliver = std::function<node::MessageVerdict(const Message&)>;

  /// What the node tells another one that has the network examined.
  using Warnings = std::function<std::vector<Warning>()>;

  Courier(asio::io_context& io, node::NodeRuntime& node, Deliver deliver, Warnings warnings);
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  using ToOne = std::function<void(const Result<SendReport>&)>;
  using ToAll = std::function<void(const Result<std::vector<SendReport>>&)>;
  /// `done` is called once, within the call or later. See dsn::Client.
  void send(const SendRequest& request, bool wants_reply, ToOne done);
  void emit(const SendRequest& request, ToAll done);
  Result<void> reply(const std::string& ask, const std::optional<Value>& payload,
                     const std::string& failure);

  /// As node::NodeListener.
  node::MessageVerdict handle_message(const core::ReceivedMessage& message);
  void handle_settled(const core::SettledMessage& message);

  /// Leaves no work on the io_context. What is under way is not answered.
  void stop();

 private:
  /// A message of this node, to one other.
  struct Sent {
    SendReport report;
    NodeId to;
    bool wants_reply = false;
    Instant began{};
    Instant expires{};  ///< kNever until it waits for nothing but a reply
    std::function<void(const SendReport&)> done;
  };
  /// Of all nodes that a message went to, what came back so far.
  struct Round {
    std::vector<SendReport> reports;
    std::size_t missing = 0;
    ToAll done;
  };
  /// An ask that programs of this machine have.
  struct Ask {
    NodeId from;
    std::uint64_t number = 0;
    std::string name;
  };

  /// As core::Node::send. What is settled within the call waits for settle_early(), because its
  /// number is not known before.
  Result<std::vector<std::uint64_t>> begin(std::span<const NodeId> to, const SendRequest& request,
                                           bool wants_reply);
  void settle_early();
  /// Answers a question to the node itself.
  node::MessageVerdict answer(const core::ReceivedMessage& question);
  [[nodiscard]] bool is_self(const NodeId& id) const;
  [[nodiscard]] std::string label_of(const NodeId& id) const;
  void send_here(const SendRequest& request, bool wants_reply,
                 std::function<void(const SendReport&)> done);
  [[nodiscard]] node::MessageVerdict deliver(const core::ReceivedMessage& message);
  std::string add_ask(const core::ReceivedMessage& message);
  bool take_reply(const NodeId& from, std::uint64_t number, wire::AppMessageKind kind,
                  ByteView payload);
  void finish(std::map<std::uint64_t, Sent>::iterator sent);
  void arm();
  void handle_timer(const std::error_code& error);

  asio::io_context& io_;
  node::NodeRuntime& node_;
  Deliver deliver_;
  const Warnings warnings_;
  std::map<std::uint64_t, Sent> sent_;  ///< by number
  bool beginning_ = false;
  std::vector<core::SettledMessage> early_;  ///< settled while beginning_
  std::uint64_t own_numbers_ = 0;            ///< of messages of this node to itself
  std::map<std::uint64_t, Ask> asks_;        ///< by token, the oldest first
  std::uint64_t tokens_ = 0;
  loop::Timer timer_;
  loop::Alive alive_;
};

}  // namespace dsn::embedded
