// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_rule.hpp"

#include <algorithm>
#include <string_view>

#include "base/pattern.hpp"
#include "core/expected_nodes.hpp"

namespace dsn::agent {
namespace {

using Event = config::HookConfig::Event;

std::size_t hash_of(const Value& value) {
  const auto bytes = value.cbor();
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

HookEvent about(const Reading& reading, const char* what, Instant now) {
  return {what, reading.node, reading.node_id, reading.key, reading, now, std::nullopt, false};
}

bool becomes_silent(NodeEvent::Kind kind) {
  return kind == NodeEvent::Kind::left || kind == NodeEvent::Kind::asleep ||
         kind == NodeEvent::Kind::restarting;
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
  const SubjectName name{event.node_id, event.key};
  return begin(name, event.key.empty() ? handle_node(event, now) : handle_key(event, now));
}

std::optional<HookEvent> HookRule::begin(const SubjectName& name, std::optional<HookEvent> due) {
  if (!due || config_.lasting == config_.lasting.zero()) return due;
  full_ |= lasting_.size() >= kHookSubjectsMax;
  if (lasting_.size() >= kHookSubjectsMax && !lasting_.contains(name)) return std::nullopt;
  lasting_.insert_or_assign(name, Lasting{due->at + config_.lasting, *std::move(due)});
  return std::nullopt;
}

// What waits is told with the reading that is the latest then.
void HookRule::note_present(const SubjectName& name, bool goes_on, const Reading* reading,
                            Instant now) {
  const auto waiting = lasting_.find(name);
  if (waiting == lasting_.end()) return;
  if (!goes_on) {
    lasting_.erase(waiting);
  } else if (reading != nullptr) {
    waiting->second.event.reading = *reading;
    waiting->second.event.at = now;
  }
}

std::optional<HookEvent> HookRule::take_lasted(Instant now) {
  const auto first = std::ranges::min_element(
      lasting_, {}, [](const auto& waiting) { return waiting.second.due; });
  if (first == lasting_.end() || first->second.due > now) return std::nullopt;
  HookEvent event = std::move(first->second.event);
  lasting_.erase(first);
  return event;
}

Instant HookRule::next_lasted() const {
  Instant next = kNever;
  for (const auto& [name, waiting] : lasting_) next = std::min(next, waiting.due);
  return next;
}

std::optional<HookEvent> HookRule::handle_key(const NodeEvent& event, Instant now) {
  const SubjectName name{event.node_id, event.key};
  if (!event.reading) {
    subjects_.erase(name);
    lasting_.erase(name);
    return std::nullopt;
  }
  Subject* known = subject(name);
  if (known == nullptr) return std::nullopt;
  const char* what = judge(*known, *event.reading);
  const bool goes_on = known->active != (config_.event == Event::back);
  note_present(name, goes_on, &*event.reading, now);
  if (what == nullptr) return std::nullopt;
  return about(*event.reading, what, now);
}

std::optional<HookEvent> HookRule::handle_node(const NodeEvent& event, Instant now) {
  const auto becomes = [&](NodeEvent::Kind kind, Event wanted) {
    return event.kind == kind && config_.event == wanted;
  };
  const SubjectName name{event.node_id, ""};
  const bool lost = event.kind == NodeEvent::Kind::late || event.kind == NodeEvent::Kind::gone;
  const bool heard = event.kind == NodeEvent::Kind::live || event.kind == NodeEvent::Kind::joined;
  const bool moves = lost || heard || becomes_silent(event.kind);
  bool was_lost = false;
  if (moves) {
    Subject* known = subject(name);
    if (known == nullptr) return std::nullopt;
    was_lost = std::exchange(known->active, lost);
    if (heard) was_lost |= was_missed(event.node);
    // Who is late and then gone has been late for all that time.
    note_present(name, lost && config_.event == Event::late, nullptr, now);
    if (!lost) subjects_.erase(name);
  }
  const bool due = becomes(NodeEvent::Kind::late, Event::late) ||
                   becomes(NodeEvent::Kind::gone, Event::gone) ||
                   becomes(NodeEvent::Kind::asleep, Event::asleep) ||
                   becomes(NodeEvent::Kind::joined, Event::joined) ||
                   becomes(NodeEvent::Kind::restarting, Event::restarting) ||
                   becomes(NodeEvent::Kind::left, Event::left) ||
                   becomes(NodeEvent::Kind::conflict, Event::conflict) ||
                   becomes(NodeEvent::Kind::clone, Event::clone) ||
                   (config_.event == Event::back && heard && was_lost);
  if (!due) return std::nullopt;
  const char* what = config_.event == Event::back ? "back" : to_string(event.kind);
  return HookEvent{what,         event.node, event.node_id, "",
                   std::nullopt, now,        std::nullopt,  event.returned};
}

// A node that was expected and never heard has no id of its own before.
bool HookRule::was_missed(const std::string& node) {
  const SubjectName name{core::ExpectedNodes::id_of(node).hex(), ""};
  lasting_.erase(name);
  return subjects_.erase(name) > 0;
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
    case Event::joined:
    case Event::restarting:
    case Event::left:
    case Event::conflict:
    case Event::clone:
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
