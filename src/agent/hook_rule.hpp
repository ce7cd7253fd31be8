// SPDX-License-Identifier: Apache-2.0
// When a hook is due: its condition, and what it remembers to know a change. Without I/O.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "dsn/reading.hpp"

namespace dsn::agent {

/// What a hook is told.
struct HookEvent {
  const char* what = "";  ///< change, above, below, late, gone, back
  std::string node;
  std::string node_id;
  std::string key;                 ///< empty: about the node
  std::optional<Reading> reading;  ///< with a key; its age is that of `at`
  Instant at{};
};

/// So many readings one hook follows: the state of a large network, and a bound for what members
/// can make it remember.
inline constexpr std::size_t kHookSubjectsMax = 4096;

/// One hook. What is already so when it is first looked at counts as happening then: the first
/// value is a change, one beyond the level passes it, and a reading that is too old becomes late.
class HookRule {
 public:
  explicit HookRule(const config::HookConfig& config) : config_(config) {}

  [[nodiscard]] const config::HookConfig& config() const { return config_; }

  /// Something changed; what the hook is to be told of it, if anything.
  std::optional<HookEvent> handle_event(const NodeEvent& event, Instant now);

  /// A reading as it is now; nothing if it is gone.
  using Lookup =
      std::function<std::optional<Reading>(const std::string& node_id, const std::string& key)>;
  /// Readings may have grown late since.
  std::vector<HookEvent> handle_due(const Lookup& lookup, Instant now);
  /// When handle_due() wants to be called; kNever if it does not.
  [[nodiscard]] Instant next_due() const { return next_due_; }

  /// Whether there is more than it follows.
  [[nodiscard]] bool full() const { return full_; }

 private:
  /// What is known of a reading, or of a node (whose key is empty).
  struct Subject {
    bool seen = false;
    bool active = false;    ///< beyond the level, late, or gone
    std::size_t value = 0;  ///< a hash
    Instant late_at = kNever;
  };
  using SubjectName = std::pair<std::string, std::string>;  // node_id, key

  [[nodiscard]] bool concerns(const NodeEvent& event) const;
  Subject* subject(const SubjectName& name);
  std::optional<HookEvent> handle_node(const NodeEvent& event, Instant now);
  const char* judge(Subject& subject, const Reading& reading, Instant now);
  const char* judge_change(Subject& subject, const Reading& reading) const;
  const char* judge_level(Subject& subject, double number) const;
  const char* judge_age(Subject& subject, const Reading& reading, Instant now);

  config::HookConfig config_;
  std::map<SubjectName, Subject> subjects_;
  Instant next_due_ = kNever;
  bool full_ = false;
};

}  // namespace dsn::agent
