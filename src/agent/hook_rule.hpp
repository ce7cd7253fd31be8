// SPDX-License-Identifier: Apache-2.0
// The condition of a hook, and what it remembers to recognise a change. Without I/O.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "dsn/message.hpp"
#include "dsn/reading.hpp"

namespace dsn::agent {

/// What a hook is told.
struct HookEvent {
  const char* what = "";  ///< change, above, below, message, or what became of reading or node
  std::string node;
  std::string node_id;
  std::string key;                 ///< empty if the event is about the node
  std::optional<Reading> reading;  ///< if there is a key; its age is as of `at`
  Instant at{};
  std::optional<Message> message;  ///< if the event is that it arrived
  bool returned = false;           ///< joined: the node was there before
};

/// How many readings and nodes one hook follows at most. A large network fits, and members cannot
/// make a hook remember more.
inline constexpr std::size_t kHookSubjectsMax = 4096;

/// One hook. A condition that holds when a reading is seen for the first time counts as beginning
/// then: the first value is a change, a value beyond the level crosses it, and a reading that is
/// too old becomes late. That time passes is an event as any other: see LateEvents.
class HookRule {
 public:
  explicit HookRule(const config::HookConfig& config) : config_(config) {}

  [[nodiscard]] const config::HookConfig& config() const { return config_; }

  /// Whether the event is about a reading or a node that the hook follows, or will follow from now
  /// on. It does not look at the reading.
  bool follows(const NodeEvent& event);
  /// Looks at an event. Returns what the hook is to be told of it, if anything.
  std::optional<HookEvent> handle_event(const NodeEvent& event, Instant now);
  /// What the hook is to be told now, because it has been so for as long as the hook wants.
  std::optional<HookEvent> take_lasted(Instant now);
  /// When take_lasted() gives an event; kNever if nothing waits.
  [[nodiscard]] Instant next_lasted() const;

  /// Whether the hook is about messages of this name.
  [[nodiscard]] bool takes(const Message& message) const;
  /// Whether it is told those of the node that sent this one.
  [[nodiscard]] bool takes_from_sender_of(const Message& message) const;

  /// Whether there are more readings and nodes than the hook follows.
  [[nodiscard]] bool full() const { return full_; }

 private:
  /// What is known of a reading, or of a node (whose key is empty).
  struct Subject {
    bool seen = false;
    bool active = false;    ///< beyond the level, late, or gone
    std::size_t value = 0;  ///< a hash of the last value
  };
  using SubjectName = std::pair<std::string, std::string>;  // node_id, key

  [[nodiscard]] bool is_of_messages() const { return !config_.message.empty(); }
  [[nodiscard]] bool concerns_node(const std::string& name, const std::string& id) const;
  [[nodiscard]] bool concerns(const NodeEvent& event) const;
  Subject* subject(const SubjectName& name);
  std::optional<HookEvent> handle_node(const NodeEvent& event, Instant now);
  std::optional<HookEvent> handle_key(const NodeEvent& event, Instant now);
  std::optional<HookEvent> begin(const SubjectName& name, std::optional<HookEvent> due);
  void note_present(const SubjectName& name, bool goes_on, const Reading* reading, Instant now);
  bool was_missed(const std::string& node);
  const char* judge(Subject& subject, const Reading& reading);
  const char* judge_change(Subject& subject, const Reading& reading) const;
  const char* judge_level(Subject& subject, double number) const;
  const char* judge_age(Subject& subject, const Reading& reading);

  config::HookConfig config_;
  std::map<SubjectName, Subject> subjects_;
  struct Lasting {
    Instant due;
    HookEvent event;
  };
  std::map<SubjectName, Lasting> lasting_;  ///< what is so, but not for long enough
  bool full_ = false;
};

}  // namespace dsn::agent
