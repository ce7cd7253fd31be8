// SPDX-License-Identifier: Apache-2.0
// Between the agent and the broker: what the program does all the time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "config/mqtt_file.hpp"
#include "modules/agent_follower.hpp"
#include "mqtt/agent_changes.hpp"
#include "mqtt/announcer.hpp"
#include "mqtt/broker_link.hpp"
#include "mqtt/command_runner.hpp"
#include "mqtt/mirror.hpp"
#include "mqtt/topics.hpp"

namespace dsn::mqtt {

/// Use it from one thread.
class SiteService : private modules::AgentFollower::Listener {
 public:
  using Note = std::function<void(const std::string&)>;

  /// `note` is called on any thread.
  SiteService(const config::MqttConfig& config, std::string socket, Note note);

  /// Does what is to be done, and waits for more, no longer than a fifth of a second.
  void step();
  /// Says good-bye to the broker. Then end the process without more ado: a thread of it may be
  /// waiting for a broker or an agent that do not answer.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  Result<void> begin(Client& agent) override;
  void handle_event(const NodeEvent& event) override;
  Result<void> handle_time(Client& agent) override;
  void lose(const std::string& why) override;

  [[nodiscard]] Result<void> look_at_nodes(Client& agent);
  [[nodiscard]] Result<void> look_at_changed_nodes(Client& agent);
  void tell_refused(const SetRequest& entry, const std::string& why);
  void take(const BrokerMessage& arrival);
  void answer(const BrokerMessage& question);
  void exchange();
  void say_status();
  [[nodiscard]] std::vector<std::string> subscriptions() const;

  const config::MqttConfig& config_;
  const Note note_;
  const Topics topics_;
  const SentClock clock_;
  Announcer announcer_;
  Mirror mirror_;
  modules::AgentFollower follower_;
  CommandRunner runner_;
  BrokerLink link_;

  std::uint64_t connection_ = 0;  // that everything was said on
  bool is_agent_there_ = false;
  bool is_agent_lost_ = false;           // and was told so
  std::set<std::string> changed_nodes_;  // whose readings are to be looked at
  bool is_status_said_ = false;
  std::set<std::string> refused_;  // readings of others, as they were told
  Clock::time_point nodes_due_{};
  Clock::time_point all_told_{};
};

}  // namespace dsn::mqtt
