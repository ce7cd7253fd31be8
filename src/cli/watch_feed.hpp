// SPDX-License-Identifier: Apache-2.0
// Readings and events from an agent, also across restarts of the agent.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "dsn/client.hpp"

namespace dsn::cli {

/// Two connections: one streams events, the other reads. When one breaks both are closed, and
/// open() connects again.
class WatchFeed {
 public:
  WatchFeed(AgentOptions agent, std::string socket, ReadQuery query)
      : agent_(std::move(agent)), socket_(std::move(socket)), query_(std::move(query)) {}

  /// Connects unless connected. With --demo it may be to another node than before, if that one was
  /// killed.
  Result<void> open();
  Result<std::vector<Reading>> read();
  Result<std::vector<NodeInfo>> nodes();
  /// To wait until an event comes; -1: not connected.
  [[nodiscard]] int descriptor() const { return events_ ? events_->descriptor() : -1; }
  /// The next event about the watched readings; nothing if none came within `timeout`, or if a
  /// signal interrupted the wait.
  Result<std::optional<NodeEvent>> next_event(std::chrono::milliseconds timeout);

  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  Result<void> connect_both();
  Error close(const std::string& why);

  AgentOptions agent_;
  std::string socket_;
  ReadQuery query_;
  std::optional<Client> events_;
  std::optional<Client> readings_;
};

}  // namespace dsn::cli
