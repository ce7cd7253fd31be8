// SPDX-License-Identifier: Apache-2.0
// Keeps a picture up to date with what an agent tells, on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

#include "dsn/client.hpp"
#include "web/picture.hpp"

namespace dsn::web {

/// Connects again when the agent was away. The picture must outlive it.
class AgentFeed {
 public:
  AgentFeed(Picture& picture, std::string socket);
  ~AgentFeed();
  AgentFeed(const AgentFeed&) = delete;
  AgentFeed& operator=(const AgentFeed&) = delete;

 private:
  /// One connection streams events, the other one asks.
  struct Connections {
    Client events;
    Client questions;
  };

  void run();
  [[nodiscard]] Result<Connections> connect() const;
  [[nodiscard]] Result<void> follow(Connections& agent);
  [[nodiscard]] Result<void> take(Connections& agent, const NodeEvent& event);
  [[nodiscard]] Result<void> look_at_nodes(Connections& agent);
  void wait_before_next_try();

  Picture& picture_;
  const std::string socket_;
  std::atomic<bool> stopping_{false};
  std::chrono::steady_clock::time_point nodes_due_{};
  std::thread thread_;
};

}  // namespace dsn::web
