// SPDX-License-Identifier: Apache-2.0
// A node that exists in a test only: it answers what it was told and remembers what it was asked.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "local/server/backend.hpp"

namespace dsn::local {

class FakeBackend : public Backend {
 public:
  /// What is no id of 32 digits stands for one with these characters.
  static NodeId id_of(const std::string& text) {
    if (const std::optional<NodeId> parsed = parse_node_id(text)) return *parsed;
    NodeId id;
    std::copy_n(text.begin(), std::min(text.size(), id.bytes.size()), id.bytes.begin());
    return id;
  }

  std::vector<NodeId> find_nodes(const std::optional<std::string>& node) override {
    last_node = node;
    std::set<std::pair<std::string, NodeId>> found;
    for (const Reading& of : readings) found.emplace(of.node, id_of(of.node_id));
    for (const NodeInfo& of : node_list) found.emplace(of.name, id_of(of.id));
    std::vector<NodeId> ids;
    for (const auto& [name, id] : found) {
      if (!node || *node == name || *node == id.hex()) ids.push_back(id);
    }
    return ids;
  }
  /// A node of which there are readings only has a name and an id.
  std::optional<NodeInfo> node(const NodeId& id) override {
    for (const NodeInfo& of : node_list) {
      if (id_of(of.id) == id) return of;
    }
    for (const Reading& of : readings) {
      NodeInfo bare;
      bare.name = of.node;
      bare.id = of.node_id;
      if (id_of(of.node_id) == id) return bare;
    }
    return std::nullopt;
  }
  std::vector<std::string> keys(const NodeId& id) override {
    std::vector<std::string> all;
    for (const Reading& of : readings) {
      if (id_of(of.node_id) == id) all.push_back(of.key);
    }
    return all;
  }
  std::optional<Reading> reading(const NodeId& id, const std::string& key) override {
    for (const Reading& of : readings) {
      if (id_of(of.node_id) == id && of.key == key) return of;
    }
    return std::nullopt;
  }
  void fetch(const FetchRequest& request, Fetched done) override {
    last_fetch = request;
    if (!refusal.empty()) return done(Error{refusal});
    done(readings.front());
  }
  Result<SetReport> set(const std::vector<SetRequest>& entries, std::uint64_t connection) override {
    last_set = entries;
    last_connection = connection;
    if (!refusal.empty()) return Error{refusal};
    return SetReport{++version, "attic"};
  }
  std::size_t keys_held(std::uint64_t connection) override {
    return connection == last_connection ? last_set.size() : 0;
  }
  void release(std::uint64_t connection) override { released.push_back(connection); }
  void handle_subscriber() override { ++subscribers; }
  Result<std::uint64_t> unset(const std::vector<std::string>& keys) override {
    last_unset = keys;
    if (!refusal.empty()) return Error{refusal};
    return std::uint64_t{keys.size()};
  }
  AgentStatus status() override { return agent_status; }
  KeyStatus network_keys() override { return {.network = "aabb", .epoch = 1}; }
  Result<void> rotate_key(const KeyRotation& rotation) override {
    if (rotation.key.empty()) return Error{"no key", ErrorCode::invalid_argument};
    return {};
  }
  Result<ForgetOutcome> forget(const std::string& node) override {
    last_forgotten = node;
    if (!refusal.empty()) return Error{refusal};
    return forget_outcome;
  }
  void leave() override { left = true; }
  void fall_asleep(std::chrono::milliseconds silence) override { slept = silence; }
  void examine(Examined done) override { done(examination); }

  ReloadReport reload() override {
    ++reloads;
    return reload_report;
  }

  void send(const SendRequest& request, bool wants_reply, Sent done) override {
    last_sent = request;
    last_wants_reply = wants_reply;
    if (report) return done(*report);
    sent.push_back(std::move(done));
  }
  void emit(const SendRequest& request, SentToAll done) override {
    last_sent = request;
    emitted = std::move(done);
  }
  Result<void> reply(const std::string& ask, const std::optional<Value>& payload,
                     const std::string& failure) override {
    if (ask != "7") return Error{"there is no ask '" + ask + "'", ErrorCode::not_found};
    last_reply = payload;
    last_failure = failure;
    return {};
  }

  SendRequest last_sent;
  bool last_wants_reply = false;
  std::optional<SendReport> report;  ///< if it is there, each answer
  std::vector<Sent> sent;            ///< what waits for an answer
  SentToAll emitted;
  std::optional<Value> last_reply;
  std::string last_failure;

  std::vector<Reading> readings;
  std::vector<NodeInfo> node_list;
  AgentStatus agent_status;
  std::string refusal;  ///< what set and unset fail with, if not empty
  std::uint64_t version = 100;

  ForgetOutcome forget_outcome = ForgetOutcome::forgotten;
  bool left = false;
  std::chrono::milliseconds slept{0};
  ReloadReport reload_report;
  Examination examination{1, 1, {}};
  int reloads = 0;

  int subscribers = 0;
  std::string last_forgotten;
  std::optional<std::string> last_node;  ///< that find_nodes() was asked for
  std::vector<SetRequest> last_set;
  std::vector<std::string> last_unset;
  FetchRequest last_fetch;
  std::uint64_t last_connection = 0;  ///< that set something
  std::vector<std::uint64_t> released;
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
