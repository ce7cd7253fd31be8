// SPDX-License-Identifier: Apache-2.0
#include "mqtt/agent_changes.hpp"

namespace dsn::mqtt {
namespace {

// All of them are set, or none: so those that are refused are found one by one.
Result<void> set(const std::vector<SetRequest>& entries, Client& agent, const Refused& refused) {
  const auto report = agent.set(entries);
  if (report) return {};
  if (!agent.connected()) return report.failure();
  if (entries.size() == 1) {
    refused(entries.front(), report.error());
    return {};
  }
  for (const SetRequest& entry : entries) {
    if (auto done = set({entry}, agent, refused); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> apply(const AgentChanges& changes, Client& agent, const Refused& refused) {
  if (!changes.removed.empty()) {
    const auto removed = agent.unset(changes.removed);
    if (!removed && !agent.connected()) return removed.failure();
  }
  return changes.set.empty() ? Result<void>{} : set(changes.set, agent, refused);
}

}  // namespace dsn::mqtt
