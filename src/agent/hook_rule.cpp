// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_rule.hpp"

#include <algorithm>
#include <string_view>

#include "base/pattern.hpp"

namespace dsn::agent {
namespace {

using Event = config::HookConfig::Event;

std::size_t hash_of(const Value& value) {
  const auto bytes = value.cbor();
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

HookEvent about(const Reading& reading, const char* what, Instant now) {
  return {what, reading.node, reading.node_id, reading.key, reading, now, std::nullopt};
}

}  // namespace

bool HookRule::concerns_node(const std::string& name, const std::string& id) const {
  return std::ranges::any_of(config_.nodes, [&](const std::string& pattern) {
    return fits(pattern, name) || pattern == id;
  });
}

bool HookRule::takes(const Message& message) const {
  if (config_.event == Event::command) return config_.message == message.name;
  return is_of_messages() && fits(config_.message, message.name);
}

bool HookRule::takes_from_sender_of(const Message& message) const {
  return concerns_node(message.from, message.from_id);
}

bool HookRule::concerns(const NodeEvent& event) const {
  if (is_of_messages() || !concerns_node(event.node, event.node_id)) return false;
  return config_.key.empty() == event.key.empty() &&
         (config_.key.empty() || fits(config_.key, event.key));
}

bool HookRule::follows(const NodeEvent& event) {
  return concerns(event) && subject({event.node_id, event.key}) != nullptr;
}

HookRule::Subject* HookRule::subject(const SubjectName& name) {
  const auto found = subjects_.find(name);
  if (found != subjects_.end()) return &found->second;
  full_ = subjects_.size() >= kHookSubjectsMax;
  return full_ ? nullptr : &subjects_[name];
}

std::optional<HookEvent> HookRule::handle_event(const NodeEvent& event, Instant now) {
  if (!concerns(event)) return std::nullopt;
  if (event.key.empty()) return handle_node(event, now);
  if (!event.reading) {
    subjects_.erase({event.node_id, event.key});
    return std::nullopt;
  }
  Subject* known = subject({event.node_id, event.key});
  const char* what = known != nullptr ? judge(*known, *event.reading) : nullptr;
  if (what == nullptr) return std::nullopt;
  return about(*event.reading, what, now);
}

std::optional<HookEvent> HookRule::handle_node(const NodeEvent& event, Instant now) {
  using enum NodeEvent::Kind;
  const bool lost = event.kind == late || event.kind == gone;
  const bool heard = event.kind == live || event.kind == joined;
  if (!lost && !heard && event.kind != left && event.kind != asleep) return std::nullopt;
  Subject* known = subject({event.node_id, ""});
  if (known == nullptr) return std::nullopt;
  const bool was_lost = known->active;
  known->active = lost;
  const bool due = (config_.event == Event::late && event.kind == late) ||
                   (config_.event == Event::gone && event.kind == gone) ||
                   (config_.event == Event::asleep && event.kind == asleep) ||
                   (config_.event == Event::back && heard && was_lost);
  if (!lost) subjects_.erase({event.node_id, ""});
  if (!due) return std::nullopt;
  const char* what = heard ? "back" : to_string(event.kind);
  return HookEvent{what, event.node, event.node_id, "", std::nullopt, now, std::nullopt};
}

const char* HookRule::judge(Subject& known, const Reading& reading) {
  switch (config_.event) {
    case Event::change:
      return judge_change(known, reading);
    case Event::late:
    case Event::back:
      return judge_age(known, reading);
    case Event::gone:
    case Event::asleep:
    case Event::message:
    case Event::command:
      break;  // has no key
  }
  return nullptr;
}

const char* HookRule::judge_change(Subject& known, const Reading& reading) const {
  const bool never_good = !reading.error.empty() && reading.value.is_null();
  if (never_good) return nullptr;
  if (config_.above || config_.below) {
    const std::optional<double> number = reading.value.as_number();
    return number ? judge_level(known, *number) : nullptr;
  }
  const std::size_t before = std::exchange(known.value, hash_of(reading.value));
  return std::exchange(known.seen, true) && before == known.value ? nullptr : "change";
}

const char* HookRule::judge_level(Subject& known, double number) const {
  // `below` is `above` with the signs of value and level changed.
  const double value = config_.above ? number : -number;
  const double level = config_.above ? *config_.above : -*config_.below;
  if (!known.active && value > level) {
    known.active = true;
    return config_.above ? "above" : "below";
  }
  if (value <= level - config_.hysteresis) known.active = false;
  return nullptr;
}

const char* HookRule::judge_age(Subject& known, const Reading& reading) {
  const bool was_late = known.active;
  known.active = reading.max_age && reading.age > *reading.max_age;
  if (config_.event == Event::late && known.active && !was_late) return "late";
  if (config_.event == Event::back && !known.active && was_late) return "back";
  return nullptr;
}

}  // namespace dsn::agent
