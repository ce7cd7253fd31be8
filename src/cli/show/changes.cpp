// SPDX-License-Identifier: Apache-2.0
#include "cli/show/changes.hpp"

#include <set>

namespace dsn::cli {
namespace {

bool differs(const Reading& a, const Reading& b) {
  return a.value != b.value || a.unit != b.unit || a.precision != b.precision ||
         a.freshness != b.freshness || a.error != b.error;
}

}  // namespace

bool Changes::note(const Reading& reading) {
  const auto [known, added] = known_.try_emplace(key_of(reading), reading);
  if (!added && !differs(known->second, reading)) return false;
  known->second = reading;
  return true;
}

void Changes::forget(const NodeEvent& event) { known_.erase({event.node_id, event.key}); }

Changes::Found Changes::look(const std::vector<Reading>& readings) {
  Found found;
  std::set<Key> present;
  for (const Reading& reading : readings) {
    present.insert(key_of(reading));
    if (note(reading)) found.changed.push_back(reading);
  }
  for (const auto& [key, reading] : known_) {
    if (present.contains(key)) continue;
    NodeEvent event;
    event.kind = NodeEvent::Kind::removed;
    event.node = reading.node;
    event.node_id = reading.node_id;
    event.key = reading.key;
    found.removed.push_back(std::move(event));
  }
  for (const NodeEvent& event : found.removed) forget(event);
  return found;
}

}  // namespace dsn::cli
