// SPDX-License-Identifier: Apache-2.0
// Keeps a picture up to date with what an agent tells, on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <thread>

#include "dsn/client.hpp"
#include "modules/agent_follower.hpp"
#include "web/picture.hpp"

namespace dsn::web {

/// The picture must outlive it.
class AgentFeed : private modules::AgentFollower::Listener {
 public:
  AgentFeed(Picture& picture, std::string socket);
  ~AgentFeed() override;
  AgentFeed(const AgentFeed&) = delete;
  AgentFeed& operator=(const AgentFeed&) = delete;

 private:
  void run();
  Result<void> begin(Client& agent) override;
  void handle_event(const NodeEvent& event) override;
  Result<void> handle_time(Client& agent) override;
  void lose(const std::string& why) override;
  [[nodiscard]] Result<void> look_at_changed_nodes(Client& agent);
  [[nodiscard]] Result<void> look_at_nodes(Client& agent);

  Picture& picture_;
  modules::AgentFollower follower_;
  std::atomic<bool> stopping_{false};
  std::chrono::steady_clock::time_point nodes_due_{};
  std::set<std::string> changed_nodes_;
  std::thread thread_;
};

}  // namespace dsn::web
