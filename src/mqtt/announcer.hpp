// SPDX-License-Identifier: Apache-2.0
// What of the network is to stand at the broker, what stands there, and the way from one to the
// other.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/mqtt_file.hpp"
#include "dsn/reading.hpp"
#include "mqtt/broker_link.hpp"
#include "mqtt/home_assistant.hpp"
#include "mqtt/topics.hpp"

namespace dsn::mqtt {

/// This run of the program, and its clock: by them another site knows how old a message is.
class SentClock {
 public:
  using Clock = std::chrono::steady_clock;

  SentClock(std::string run, Clock::time_point begin) : run_(std::move(run)), begin_(begin) {}
  [[nodiscard]] const std::string& run() const { return run_; }
  [[nodiscard]] std::uint64_t ms_at(Clock::time_point now) const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_).count());
  }

 private:
  std::string run_;
  Clock::time_point begin_;
};

/// Everything that is published is retained, so the broker is the memory of what was: it tells at
/// the beginning of a connection (see()), and what is there and should not be is removed. No file
/// is needed for that, and a broker that was replaced or emptied does no harm.
///
/// Messages are composed when they are taken, so that the newest value of each key goes out, with
/// its age. Use it from one thread.
class Announcer {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  Announcer(const config::MqttConfig& config, const Topics& topics, const SentClock& clock);

  // From the agent: the present between begin_present() and end_present(), and changes.
  void begin_present(const std::string& self);
  void end_present();
  void put(const Reading& reading, Clock::time_point now);
  void remove(const std::string& node, const std::string& key);
  /// All nodes, and how long the agent has been running.
  void put_nodes(const std::vector<NodeInfo>& nodes, Milliseconds agent_uptime);

  // From the broker.
  /// A connection begins: everything is to be said.
  void begin_connection();
  /// This stood there already.
  void see(const std::string& topic);
  /// Somebody wants to hear all readings, and then a message on the clock that names `asked`.
  void tell_all(const std::string& asked);

  /// The next messages, in their order; none if there is nothing to say now.
  [[nodiscard]] std::vector<Publication> next(Clock::time_point now);
  [[nodiscard]] bool is_idle() const { return work_.empty(); }

  /// So many topics are taken that stood at the broker and are none of ours. If there are more, the
  /// next connection sees to them.
  static constexpr std::size_t kSeenMax = 50'000;
  /// So many messages next() gives at most.
  static constexpr std::size_t kMessagesMax = 4;

 private:
  struct ReadingSlot {
    std::optional<Reading> reading;  // nothing: it is not there, and may be at the broker
    Clock::time_point at{};          // when it came
    bool is_present = false;
    bool is_waiting = false;  // it is among the work
    bool is_ghost = false;    // it is to be removed from the broker
    std::optional<Description> announced;
  };
  struct NodeSlot {
    std::optional<NodeInfo> info;
    std::string told;
    bool is_announced = false;
    bool is_waiting = false;
    bool is_ghost = false;
  };
  struct Work {
    enum class Kind : std::uint8_t { reading, node, command, ghost_command, all_told };
    Kind kind = Kind::reading;
    ReadingTopic name;  // of a node or a command the first of it
  };
  using ReadingSlots = std::map<ReadingTopic, ReadingSlot>;

  [[nodiscard]] bool is_wanted(const ReadingTopic& name) const;
  [[nodiscard]] bool is_mirrored(const std::string& node) const;
  [[nodiscard]] bool is_ghost(const ReadingTopic& name) const;
  void queue(const ReadingTopic& name, ReadingSlot& entry);
  void queue(const std::string& node, NodeSlot& entry);
  void drop(const ReadingTopic& name, ReadingSlot& entry);
  void drop_readings_of(const std::string& node);
  void judge();
  [[nodiscard]] std::vector<Publication> compose(const Work& work, Clock::time_point now);
  [[nodiscard]] std::vector<Publication> compose_reading(const ReadingTopic& name,
                                                         Clock::time_point now);
  [[nodiscard]] std::vector<Publication> compose_node(const std::string& name);
  void append_discovery(const ReadingTopic& name, ReadingSlot& entry,
                        std::vector<Publication>& messages) const;
  [[nodiscard]] std::vector<Publication> removal(const ReadingTopic& name) const;
  [[nodiscard]] std::vector<Publication> command_removal(const std::string& name) const;
  [[nodiscard]] std::vector<Publication> compose_command(const std::string& name) const;
  [[nodiscard]] std::string reading_payload(const ReadingSlot& entry, Clock::time_point now) const;

  const config::MqttConfig& config_;
  const Topics& topics_;
  const SentClock& clock_;
  const HomeAssistant discovery_;
  std::string self_;
  ReadingSlots entries_;
  std::map<std::string, NodeSlot> nodes_;
  std::deque<Work> work_;
  Milliseconds agent_uptime_{0};
  std::size_t seen_ = 0;   // on this connection
  bool is_whole_ = false;  // the present was told
};

}  // namespace dsn::mqtt
