// SPDX-License-Identifier: Apache-2.0
// Follows what an agent tells, on one connection, and connects again when the agent was away.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dsn/client.hpp"

namespace dsn::modules {

/// Use it from one thread.
class AgentFollower {
 public:
  /// What a program does with what it hears. A failure ends the connection: it is begun anew.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// The agent is there: events of all readings follow, and then one of kind snapshot.
    virtual Result<void> begin(Client& agent) = 0;
    /// What there is to ask then is asked in handle_time(): before the snapshot an answer would
    /// come behind more events than a connection keeps.
    virtual void handle_event(const NodeEvent& event) = 0;
    /// After each event and each wait without one, from the snapshot on.
    virtual Result<void> handle_time(Client& /*agent*/) { return {}; }
    /// Once for each reason for which the agent cannot be heard.
    virtual void lose(const std::string& why) = 0;
  };

  /// `program` is the name under which it is listed by `dsn nodes --modules`.
  AgentFollower(std::string socket, std::string program, Listener& listener)
      : socket_(std::move(socket)), program_(std::move(program)), listener_(listener) {}

  /// Waits for an event, or for the agent, no longer than this.
  void follow(std::chrono::milliseconds wait);

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Result<void> connect();
  [[nodiscard]] Result<void> take_event(std::chrono::milliseconds wait);
  void lose(const std::string& why);

  const std::string socket_;
  const std::string program_;
  Listener& listener_;
  std::optional<Client> agent_;
  bool is_present_told_ = false;
  Clock::time_point next_try_{};
  std::string problem_;
};

}  // namespace dsn::modules
