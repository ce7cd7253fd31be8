// SPDX-License-Identifier: Apache-2.0
// A connection to an MQTT broker that is made anew whenever it ended, by libmosquitto on a thread
// of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "config/mqtt_file.hpp"
#include "dsn/result.hpp"

struct mosquitto;
struct mosquitto_message;

namespace dsn::mqtt {

/// What is published. An empty payload that is retained removes the topic from the broker.
struct Publication {
  std::string topic;
  std::string payload;
  bool retain = true;
};

/// What came from the broker.
struct BrokerMessage {
  std::string topic;
  std::string payload;
  bool retained = false;  ///< the broker had kept it: it was published before we subscribed
  std::chrono::steady_clock::time_point at{};
};

/// The password in a file that nobody else may read; empty without a file.
[[nodiscard]] Result<std::string> read_password(const std::string& path);

/// Messages are published once the broker said that it has them, or not at all: after a connection
/// ended its owner says everything anew.
class BrokerLink {
 public:
  using Note = std::function<void(const std::string&)>;
  using Take = std::function<void(const BrokerMessage&)>;

  /// So many messages may be on their way to the broker.
  static constexpr std::size_t kWindow = 256;
  /// So many bytes may wait to be taken; more are lost.
  static constexpr std::size_t kInboxBytesMax = 16'777'216;

  struct Parts {
    const config::MqttConfig& config;
    Publication will;
    std::vector<std::string> subscriptions;
    std::string urgent;  ///< topics that begin so are given to `take`, on the thread of the link
    Take take;
    Note note;  ///< told of what the operator should know, once; on any thread
  };

  explicit BrokerLink(Parts parts);
  ~BrokerLink();
  BrokerLink(const BrokerLink&) = delete;
  BrokerLink& operator=(const BrokerLink&) = delete;

  /// 0 while there is no connection; another number for each.
  [[nodiscard]] std::uint64_t connection() const { return connection_; }
  /// How many messages publish() takes now.
  [[nodiscard]] std::size_t room() const;
  /// False, and nothing happens, if there is no connection or no room. From any thread.
  bool publish(const Publication& message);
  /// What came from the broker since the last call.
  [[nodiscard]] std::vector<BrokerMessage> take();
  /// Says good-bye once what is on its way has arrived. Waits for that no longer than `patience`: a
  /// broker may not answer.
  void stop(std::chrono::milliseconds patience);

 private:
  void run();
  void serve();
  [[nodiscard]] Result<void> prepare();
  void follow();
  void pause();
  void begin(int answer);
  void end(const std::string& why);
  void receive(const mosquitto_message& message);
  [[nodiscard]] std::string problem_of(int code) const;

  static void handle_connected(mosquitto* session, void* link, int answer);
  static void handle_published(mosquitto* session, void* link, int id);
  static void handle_message(mosquitto* session, void* link, const mosquitto_message* message);
  static void handle_log(mosquitto* session, void* link, int level, const char* text);

  const Parts parts_;
  std::mutex mutex_;  // of what follows, up to stopped_
  mosquitto* session_ = nullptr;
  std::vector<BrokerMessage> inbox_;
  std::size_t inbox_bytes_ = 0;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool stopped_ = false;

  std::atomic<std::uint64_t> connection_{0};
  std::atomic<std::size_t> under_way_{0};

  // Of the thread.
  std::uint64_t connections_ = 0;
  std::string refusal_;   // why the broker does not take us
  std::string last_log_;  // of the library: what an error of TLS was
  std::set<std::string> told_;
  std::chrono::seconds pause_{1};
  bool is_inbox_full_ = false;
  std::thread thread_;
};

}  // namespace dsn::mqtt
