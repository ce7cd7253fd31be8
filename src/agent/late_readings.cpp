// SPDX-License-Identifier: Apache-2.0
#include "agent/late_readings.hpp"

#include <algorithm>

namespace dsn::agent {
namespace {

NodeEvent event_of(NodeEvent::Kind kind, const Reading& reading) {
  return {kind, reading.node, reading.node_id, reading.key, reading};
}

}  // namespace

LateReadings::LateReadings(local::Backend& backend, Instant now) : backend_(backend), began_(now) {
  for (const NodeId& id : backend.find_nodes(std::nullopt)) look_at(id, now);
}

void LateReadings::look_at(const NodeId& id, Instant due) {
  const auto [known, added] = due_.try_emplace(id, due);
  if (!added) known->second = std::min(known->second, due);
  next_due_ = std::min(next_due_, due);
}

std::optional<NodeEvent::Kind> LateReadings::judge(const NodeId& id, const Reading& reading,
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

std::optional<NodeEvent> LateReadings::handle_event(const NodeEvent& event, Instant now) {
  const std::optional<NodeId> id = parse_node_id(event.node_id);
  if (!id || event.key.empty()) return std::nullopt;
  if (!event.reading) {
    late_.erase({*id, event.key});
    return std::nullopt;
  }
  const auto kind = judge(*id, *event.reading, now);
  return kind ? std::optional(event_of(*kind, *event.reading)) : std::nullopt;
}

std::vector<std::string> LateReadings::late_keys_of(const NodeId& id) const {
  std::vector<std::string> keys;
  for (auto at = late_.lower_bound({id, ""}); at != late_.end() && at->first == id; ++at) {
    keys.push_back(at->second);
  }
  return keys;
}

std::vector<NodeEvent> LateReadings::handle_due(Instant now) {
  std::vector<NodeEvent> events;
  const auto due = std::ranges::find_if(due_, [&](const auto& of) { return of.second <= now; });
  if (due == due_.end()) return events;
  const NodeId id = due->first;
  due_.erase(due);
  for (const std::string& key : backend_.keys(id)) {
    const std::optional<Reading> reading = backend_.reading(id, key);
    if (!reading) continue;
    const auto kind = judge(id, *reading, now);
    if (!kind) continue;
    const bool was_late_before =
        reading->max_age && now - reading->age + *reading->max_age < began_;
    if (kind == NodeEvent::Kind::back || !was_late_before) {
      events.push_back(event_of(*kind, *reading));
    }
  }
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
