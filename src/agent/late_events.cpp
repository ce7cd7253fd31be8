// SPDX-License-Identifier: Apache-2.0
#include "agent/late_events.hpp"

#include <algorithm>
#include <utility>

#include "node/subnodes.hpp"

namespace dsn::agent {
namespace {

NodeEvent event_of(NodeEvent::Kind kind, const Reading& reading) {
  return {kind, reading.node, reading.node_id, reading.key, reading};
}

}  // namespace

LateEvents::LateEvents(local::Backend& backend, Instant now) : backend_(backend), began_(now) {
  for (const NodeId& id : backend.find_nodes(std::nullopt)) look_at(id, now);
}

void LateEvents::look_at(const NodeId& id, Instant due) {
  const auto [known, added] = due_.try_emplace(id, due);
  if (!added) known->second = std::min(known->second, due);
  next_due_ = std::min(next_due_, due);
}

std::optional<NodeEvent::Kind> LateEvents::judge(const NodeId& id, const Reading& reading,
                                                 Instant now) {
  const Name name{id, reading.key};
  const auto late_for =
      reading.max_age ? reading.age - *reading.max_age : std::chrono::milliseconds(-1);
  if (late_for > std::chrono::milliseconds(0)) {
    const bool is_new = late_.size() < kLateReadingsMax && late_.insert(name).second;
    return is_new ? std::optional(NodeEvent::Kind::late) : std::nullopt;
  }
  if (reading.max_age) {
    // Late is what is older than max_age, not as old.
    look_at(id, now - late_for + std::chrono::milliseconds(1));
  }
  return late_.erase(name) > 0 ? std::optional(NodeEvent::Kind::back) : std::nullopt;
}

bool LateEvents::was_late_before(const Reading& reading, int max_ages, Instant now) const {
  return now - reading.age + max_ages * *reading.max_age < began_;
}

void LateEvents::keep_freshest(Freshest& freshest, const Reading& reading) {
  if (!reading.max_age) return;
  const auto late_for = reading.age - *reading.max_age;
  if (!freshest.reading || late_for < freshest.late_for) freshest = {reading, late_for};
}

// A subnode is back with its first reading that is fresh.
std::vector<NodeEvent> LateEvents::handle_event(const NodeEvent& event, Instant now) {
  const std::optional<NodeId> id = parse_node_id(event.node_id);
  if (!id || event.key.empty()) return {};
  if (!event.reading) {
    late_.erase({*id, event.key});
    return {};
  }
  std::vector<NodeEvent> events;
  if (const auto kind = judge(*id, *event.reading, now)) {
    events.push_back(event_of(*kind, *event.reading));
  }
  if (!silent_.contains(*id)) return events;
  Freshest freshest;
  keep_freshest(freshest, *event.reading);
  if (freshest.reading && freshest.late_for <= std::chrono::milliseconds(0)) {
    judge_subnode(*id, freshest, now, events);
  }
  return events;
}

void LateEvents::judge_subnode(const NodeId& id, const Freshest& freshest, Instant now,
                               std::vector<NodeEvent>& events) {
  using Kind = NodeEvent::Kind;
  if (!freshest.reading) {
    silent_.erase(id);
    return;
  }
  const Reading& reading = *freshest.reading;
  const auto told = silent_.find(id);
  NodeEvent event{Kind::live, reading.node, reading.node_id, "", std::nullopt};
  if (freshest.late_for <= std::chrono::milliseconds(0)) {
    if (told == silent_.end()) return;
    event.returned = told->second == Kind::gone;
    if (event.returned) event.kind = Kind::joined;
    silent_.erase(told);
    return events.push_back(event);
  }
  const auto left = (node::kSubnodeGoneAfter - 1) * *reading.max_age - freshest.late_for;
  const bool is_gone = left < std::chrono::milliseconds(0);
  if (!is_gone) look_at(id, now + left + std::chrono::milliseconds(1));
  event.kind = is_gone ? Kind::gone : Kind::late;
  const bool is_new = told == silent_.end() ? silent_.size() < kLateReadingsMax
                                            : std::exchange(told->second, event.kind) != event.kind;
  silent_.try_emplace(id, event.kind);
  const int max_ages = is_gone ? node::kSubnodeGoneAfter : 1;
  if (is_new && !was_late_before(reading, max_ages, now)) events.push_back(event);
}

std::vector<std::string> LateEvents::late_keys_of(const NodeId& id) const {
  std::vector<std::string> keys;
  for (auto at = late_.lower_bound({id, ""}); at != late_.end() && at->first == id; ++at) {
    keys.push_back(at->second);
  }
  return keys;
}

void LateEvents::judge_readings(const NodeId& id, Instant now, std::vector<NodeEvent>& events,
                                Freshest& freshest) {
  for (const std::string& key : backend_.keys(id)) {
    const std::optional<Reading> reading = backend_.reading(id, key);
    if (!reading) continue;
    if (node::is_subnode_name(reading->node)) keep_freshest(freshest, *reading);
    const auto kind = judge(id, *reading, now);
    if (!kind) continue;
    if (kind == NodeEvent::Kind::back || !was_late_before(*reading, 1, now)) {
      events.push_back(event_of(*kind, *reading));
    }
  }
}

std::vector<NodeEvent> LateEvents::handle_due(Instant now) {
  std::vector<NodeEvent> events;
  const auto due = std::ranges::find_if(due_, [&](const auto& of) { return of.second <= now; });
  if (due == due_.end()) return events;
  const NodeId id = due->first;
  due_.erase(due);
  Freshest freshest;
  judge_readings(id, now, events, freshest);
  judge_subnode(id, freshest, now, events);
  for (const std::string& key : late_keys_of(id)) {
    if (backend_.reading(id, key)) {
      look_at(id, now + kLateLook);
    } else {
      late_.erase({id, key});
    }
  }
  next_due_ = kNever;
  for (const auto& [other, at] : due_) next_due_ = std::min(next_due_, at);
  return events;
}

}  // namespace dsn::agent
