// SPDX-License-Identifier: Apache-2.0
// Shows readings of other sites at the own agent, with their true ages.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/mqtt_file.hpp"
#include "local/json/wall_clock.hpp"
#include "mqtt/agent_changes.hpp"
#include "mqtt/broker_link.hpp"
#include "mqtt/topics.hpp"

namespace dsn::mqtt {

/// A site is asked for its clock every now and then, by a message that it answers at once. So its
/// clock is known in terms of the own one, up to the time of the answer, and the age of a reading
/// is what its site said plus the time that the message took. No two wall clocks are compared, but
/// for what the broker kept of a site that does not answer: that is taken only if both machines say
/// that their clocks are synchronised, and is at least as old as its site said.
///
/// What is shown here is never sent on: the name of such a node has two dots or more, and no name
/// with two dots is taken. Use it from one thread.
class Mirror {
 public:
  using Clock = std::chrono::steady_clock;
  using Note = std::function<void(const std::string&)>;
  using ReadWallClock = std::function<local::WallClock()>;

  /// The most readings of one site.
  static constexpr std::size_t kItemsMax = 10'000;
  /// How often a site is asked for its clock, and how long it is there after an answer.
  static constexpr std::chrono::seconds kAskInterval{30};
  static constexpr std::chrono::seconds kAnswerValid{90};

  /// `run` names this run of the program.
  Mirror(const config::MqttConfig& config, std::string run, Note note,
         ReadWallClock wall_clock = local::WallClock::read);

  /// Topics to subscribe to.
  [[nodiscard]] std::vector<std::string> subscriptions() const;
  /// A connection to the broker begins.
  void begin_connection();
  void take(const BrokerMessage& arrival);
  /// What is to be asked now.
  [[nodiscard]] std::vector<Publication> questions(Clock::time_point now);

  /// A connection to the agent begins: nothing is set there.
  void begin_agent();
  /// What is to be set and removed at the agent now, in parts that it takes. The agent removes all
  /// of it when the connection ends, so nothing stays that nobody looks after.
  [[nodiscard]] AgentChanges changes(Clock::time_point now);

 private:
  struct Item {
    Reading reading;  // its age is as of `at`
    Clock::time_point at{};
    bool is_waiting = true;    // for being set
    bool is_doubtful = false;  // as it was set
    bool is_removed = false;
    std::uint64_t told_in = 0;  // the question after which it was told last
  };
  struct Site {
    Site(const std::string& name, std::vector<std::string> patterns_in)
        : topics(name), patterns(std::move(patterns_in)) {}
    Topics topics;
    std::vector<std::string> patterns;
    std::map<ReadingTopic, Item> items;
    std::string run;           // of the program there, whose clock is known
    Clock::time_point zero{};  // when that clock was 0
    std::optional<Clock::time_point> answered;
    std::uint64_t question = 0;
    Clock::time_point asked{};
    bool is_all_wanted = true;
    bool is_online = true;
    bool is_told_full = false;
  };
  void take_clock(Site& site, const BrokerMessage& arrival);
  void take_reading(Site& site, const ReadingTopic& name, const BrokerMessage& arrival);
  [[nodiscard]] std::optional<Reading> dated(Site& site, const nlohmann::json& json,
                                             const BrokerMessage& arrival) const;
  void keep(Site& site, const ReadingTopic& name, Reading reading, Clock::time_point at);
  void forget_untold(Site& site, std::uint64_t question);
  [[nodiscard]] static bool is_wanted(const Site& site, const ReadingTopic& name);
  [[nodiscard]] static bool is_doubtful(const Site& site, const Item& item, Clock::time_point now);
  [[nodiscard]] std::optional<std::uint64_t> question_of(const nlohmann::json& json,
                                                         const char* member) const;
  static void append_removed(Site& site, AgentChanges& changes);
  static void append_set(Site& site, Clock::time_point now, AgentChanges& changes);

  const std::string run_;
  const Note note_;
  const ReadWallClock wall_clock_;
  std::vector<Site> sites_;
  bool is_changed_ = true;
  Clock::time_point doubts_due_{};  // sites may have gone away
};

}  // namespace dsn::mqtt
