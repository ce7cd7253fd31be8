// SPDX-License-Identifier: Apache-2.0
// Sends the messages that the configuration allows when the broker says so.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "config/mqtt_file.hpp"
#include "dsn/value.hpp"
#include "mqtt/broker_link.hpp"
#include "mqtt/topics.hpp"

namespace dsn::mqtt {

/// What a text of the configuration stands for: JSON, or else the text itself.
[[nodiscard]] Value payload_value(const std::string& text);

/// On a thread of its own, since an answer may take its time.
class CommandRunner {
 public:
  using Note = std::function<void(const std::string&)>;
  using Publish = std::function<void(const Publication&)>;

  /// So many commands wait; more are dropped, and that is told.
  static constexpr std::size_t kWaitingMax = 64;

  struct Parts {
    const config::MqttConfig& config;
    const Topics& topics;
    std::string socket;  ///< of the agent
    Publish publish;     ///< results; on the thread of the runner
    Note note;           ///< on any thread
  };

  explicit CommandRunner(Parts parts);
  ~CommandRunner();
  CommandRunner(const CommandRunner&) = delete;
  CommandRunner& operator=(const CommandRunner&) = delete;

  /// From any thread. What the broker had kept is no command: it was one once.
  void take(const BrokerMessage& arrival);

 private:
  struct Waiting {
    const config::MqttCommand* command;
    Value payload;
  };
  void run();
  [[nodiscard]] std::string result_of(const Waiting& waiting) const;
  void say(const std::string& problem);

  const Parts parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::string problem_;  // that was told last
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dsn::mqtt
