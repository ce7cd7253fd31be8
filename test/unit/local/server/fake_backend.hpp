// SPDX-License-Identifier: Apache-2.0
// A node that exists in a test only: it answers what it was told and remembers what it was asked.
#pragma once

#include <string>
#include <vector>

#include "local/server/backend.hpp"

namespace dsn::local {

class FakeBackend : public Backend {
 public:
  std::vector<Reading> read(const ReadQuery& query) override {
    last_query = query;
    std::vector<Reading> found;
    for (const Reading& reading : readings) {
      if (query.node && *query.node != reading.node) continue;
      if (query.key && *query.key != reading.key) continue;
      found.push_back(reading);
    }
    return found;
  }
  std::vector<NodeInfo> nodes() override { return node_list; }
  Result<std::uint64_t> set(const std::vector<SetRequest>& entries) override {
    last_set = entries;
    if (!refusal.empty()) return Error{refusal};
    return ++version;
  }
  Result<std::uint64_t> unset(const std::vector<std::string>& keys) override {
    last_unset = keys;
    if (!refusal.empty()) return Error{refusal};
    return std::uint64_t{keys.size()};
  }
  AgentStatus status() override { return agent_status; }
  Result<ForgetOutcome> forget(const std::string& node) override {
    last_forgotten = node;
    if (!refusal.empty()) return Error{refusal};
    return forget_outcome;
  }
  void leave() override { left = true; }
  ReloadReport reload() override {
    ++reloads;
    return reload_report;
  }

  std::vector<Reading> readings;
  std::vector<NodeInfo> node_list;
  AgentStatus agent_status;
  std::string refusal;  ///< what set and unset fail with, if not empty
  std::uint64_t version = 100;

  ForgetOutcome forget_outcome = ForgetOutcome::forgotten;
  bool left = false;
  ReloadReport reload_report;
  int reloads = 0;

  std::string last_forgotten;
  ReadQuery last_query;
  std::vector<SetRequest> last_set;
  std::vector<std::string> last_unset;
};

/// A good reading of the node "attic".
inline Reading sample_reading(const std::string& key, Value value, const std::string& unit) {
  Reading reading;
  reading.node = "attic";
  reading.node_id = "00112233445566778899aabbccddeeff";
  reading.key = key;
  reading.value = std::move(value);
  reading.unit = unit;
  reading.age = std::chrono::milliseconds(3120);
  reading.max_age = std::chrono::milliseconds(30'000);
  reading.incarnation = 7;
  reading.version = 48123;
  reading.via = "self";
  return reading;
}

}  // namespace dsn::local
