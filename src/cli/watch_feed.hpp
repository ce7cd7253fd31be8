// SPDX-License-Identifier: Apache-2.0
// What a watching program hears from the agent, across restarts of the agent.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "dsn/client.hpp"

namespace dsn::cli {

/// Two connections: one streams events, the other reads. When either breaks both are closed, and
/// open() begins anew.
class WatchFeed {
 public:
  WatchFeed(AgentOptions agent, std::string socket, ReadQuery query)
      : agent_(std::move(agent)), socket_(std::move(socket)), query_(std::move(query)) {}

  /// Connects unless connected. Of a demo, another node serves when the first was killed.
  Result<void> open();
  Result<std::vector<Reading>> read();
  /// The next event about what is watched; nothing if there was none in time, or a signal came.
  Result<std::optional<NodeEvent>> next_event(std::chrono::milliseconds timeout);

  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  Result<void> connect_both();
  [[nodiscard]] bool concerns_us(const NodeEvent& event) const;
  Error close(const std::string& why);

  AgentOptions agent_;
  std::string socket_;
  ReadQuery query_;
  std::optional<Client> events_;
  std::optional<Client> readings_;
};

}  // namespace dsn::cli
