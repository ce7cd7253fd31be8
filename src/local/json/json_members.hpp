// SPDX-License-Identifier: Apache-2.0
// The members of every structure of the local API, told once for JsonWriter and JsonReader, which
// visit them (docs/local-api.md). Their order here is their order in an answer, and part of the
// API.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "dsn/client.hpp"
#include "dsn/message.hpp"
#include "dsn/reading.hpp"
#include "dsn/reload.hpp"

namespace dsn::local {

/// Parameters of methods that have no structure in include/dsn.
struct NoParams {};
struct SetParams {
  const std::vector<SetRequest>& entries;  ///< of the caller
};
struct UnsetParams {
  std::vector<std::string> keys;
};
struct ForgetParams {
  std::string node;
};

/// Results of methods that have no structure in include/dsn.
struct UnsetResult {
  std::uint64_t removed = 0;
};
struct ForgetResult {
  ForgetOutcome outcome = ForgetOutcome::nothing;
};
struct RotateKeyResult {
  bool taken = true;
};
struct LeaveResult {
  bool leaving = true;
};
struct SubscribeParams {
  ReadQuery query;
  bool snapshot = false;  ///< begin with the present
};
struct SleepParams {
  std::chrono::milliseconds silence{0};
};
struct SleepResult {
  bool sleeping = true;
};
struct SubscribeResult {
  bool subscribed = true;
};
struct HelloParams {
  std::string name;
  std::string version;
};
struct HelloResult {
  bool named = true;
};
/// A message to all nodes: its `node` is not looked at.
struct EmitParams {
  SendRequest request;
};
struct EmitResult {
  std::vector<SendReport> nodes;
};
/// `failure` is the text of a reply that says why there is none.
struct ReplyParams {
  std::string ask;
  std::optional<Value> payload;
  std::string failure;
};
struct ReplyResult {
  bool replied = true;
};
struct ListenParams {
  std::vector<std::string> names;
};
struct ListenResult {
  bool listening = true;
};
/// A node and the names of its keys, as `list` shows them.
struct NodeKeys {
  std::string node;
  std::string node_id;
  std::vector<std::string> keys;
};

/// A structure: constant when it is written, not so when it is read.
template <typename T, typename Struct>
concept Of = std::same_as<std::remove_const_t<T>, Struct>;

template <typename Visitor, Of<Reading> T>
void members(Visitor& visit, T& reading) {
  visit.required("node", reading.node);
  visit.required("key", reading.key);
  visit.value(reading.value);
  visit.if_set("absent_bytes", reading.absent_bytes);
  visit.optional("unit", reading.unit);
  visit.if_set("class", reading.device_class);
  visit.if_set("precision", reading.precision);
  visit.required("age_ms", reading.age);
  visit.if_set("interval_ms", reading.interval);
  visit.optional("max_age_ms", reading.max_age);
  visit.required("status", reading.freshness);
  visit.required("incarnation", reading.incarnation);
  visit.required("version", reading.version);
  visit.time(reading.age);
  visit.if_set("error", reading.error);
  visit.if_set("node_id", reading.node_id);
  visit.if_set("via", reading.via);
  visit.if_set("heard_ms", reading.node_heard);
}

template <typename Visitor, Of<NodeInfo> T>
void members(Visitor& visit, T& node) {
  visit.required("node", node.name);
  visit.required("node_id", node.id);
  visit.required("state", node.state);
  visit.optional("since_ms", node.since);
  visit.optional("reason", node.reason);
  visit.required("heard_ms", node.heard);
  visit.optional("round_trip_us", node.round_trip);
  visit.optional("loss", node.loss);
  visit.optional("via", node.via);
  visit.optional("address", node.address);
  visit.required("keys", node.keys);
  visit.required("incarnation", node.incarnation);
  visit.required("version", node.version);
  visit.required("conflict", node.conflict);
  visit.required("role", node.role);
  visit.optional("program_version", node.program);
  visit.optional("uptime_ms", node.uptime);
  visit.optional("warnings", node.warnings);
  visit.if_set("key_epoch", node.key_epoch);
  visit.if_set("lacks_key", node.lacks_key);
}

template <typename Visitor, Of<NodeEvent> T>
void members(Visitor& visit, T& event) {
  visit.required("event", event.kind);
  visit.if_set("node", event.node);
  visit.if_set("node_id", event.node_id);
  visit.if_set("key", event.key);
  visit.if_set("reading", event.reading);
  visit.if_set("returned", event.returned);
}

template <typename Visitor, Of<SetRequest> T>
void members(Visitor& visit, T& request) {
  visit.required("key", request.key);
  visit.value(request.value);
  visit.if_set("unit", request.unit);
  visit.if_set("class", request.device_class);
  visit.if_set("precision", request.precision);
  visit.if_set("max_age_ms", request.max_age);
  visit.if_set("ttl_ms", request.ttl);
  visit.if_set("hold", request.hold);
  visit.if_set("keep", request.keep);
  visit.if_set("as", request.as);
  visit.if_set("age_ms", request.age);
}

template <typename Visitor, Of<ReloadReport> T>
void members(Visitor& visit, T& report) {
  visit.required("applied", report.applied);
  visit.object("sensors", [&report](Visitor& sensors) {
    sensors.required("added", report.sensors_added);
    sensors.required("removed", report.sensors_removed);
    sensors.required("changed", report.sensors_changed);
    sensors.required("unchanged", report.sensors_unchanged);
  });
  visit.required("changed", report.changed);
  visit.required("next_start", report.next_start);
  visit.required("errors", report.errors);
  visit.required("warnings", report.warnings);
}

template <typename Visitor, Of<NoParams> T>
void members(Visitor&, T&) {}

template <typename Visitor, Of<ReadingName> T>
void members(Visitor& visit, T& name) {
  visit.required("node_id", name.node_id);
  visit.required("key", name.key);
}

/// What `read` and `subscribe` have in common.
template <typename Visitor, Of<ReadQuery> T>
void selection_members(Visitor& visit, T& query) {
  visit.if_set("node", query.node);
  visit.if_set("key", query.key);
  visit.if_set("database", query.database);
  visit.some("state", query.states);
  visit.some("status", query.statuses);
}

template <typename Visitor, Of<ReadQuery> T>
void members(Visitor& visit, T& query) {
  selection_members(visit, query);
  visit.if_set("limit", query.limit);
  visit.if_set("after", query.after);
}

template <typename Visitor, Of<SubscribeParams> T>
void members(Visitor& visit, T& params) {
  selection_members(visit, params.query);
  visit.if_set("snapshot", params.snapshot);
}

template <typename Visitor, Of<FetchRequest> T>
void members(Visitor& visit, T& request) {
  visit.required("node", request.node);
  visit.required("key", request.key);
  visit.if_set("fresh", request.fresh);
  visit.if_set("timeout_ms", request.timeout);
}

template <typename Visitor, Of<SetParams> T>
void members(Visitor& visit, T& params) {
  visit.required("entries", params.entries);
}

template <typename Visitor, Of<UnsetParams> T>
void members(Visitor& visit, T& params) {
  visit.required("keys", params.keys);
}

template <typename Visitor, Of<ForgetParams> T>
void members(Visitor& visit, T& params) {
  visit.required("node", params.node);
}

template <typename Visitor, Of<SetReport> T>
void members(Visitor& visit, T& report) {
  visit.required("version", report.version);
  visit.required("node", report.node);
}

template <typename Visitor, Of<UnsetResult> T>
void members(Visitor& visit, T& result) {
  visit.required("removed", result.removed);
}

template <typename Visitor, Of<ForgetResult> T>
void members(Visitor& visit, T& result) {
  visit.required("outcome", result.outcome);
}

template <typename Visitor, Of<LeaveResult> T>
void members(Visitor& visit, T& result) {
  visit.required("leaving", result.leaving);
}

template <typename Visitor, Of<SleepParams> T>
void members(Visitor& visit, T& params) {
  visit.required("for_ms", params.silence);
}

template <typename Visitor, Of<SleepResult> T>
void members(Visitor& visit, T& result) {
  visit.required("sleeping", result.sleeping);
}

template <typename Visitor, Of<SubscribeResult> T>
void members(Visitor& visit, T& result) {
  visit.required("subscribed", result.subscribed);
}

template <typename Visitor, Of<HelloParams> T>
void members(Visitor& visit, T& params) {
  visit.required("name", params.name);
  visit.if_set("version", params.version);
}

template <typename Visitor, Of<HelloResult> T>
void members(Visitor& visit, T& result) {
  visit.required("named", result.named);
}

template <typename Visitor, Of<ModuleInfo> T>
void members(Visitor& visit, T& module) {
  visit.required("name", module.name);
  visit.optional("version", module.version);
  visit.required("pid", module.pid);
  visit.required("uid", module.uid);
  visit.required("subscribed", module.subscribed);
  visit.required("listens_to", module.listens_to);
  visit.required("messages", module.messages);
  visit.required("keys_held", module.keys_held);
}

/// What all messages have, to one node or to all.
template <typename Visitor, Of<SendRequest> T>
void message_members(Visitor& visit, T& request) {
  visit.required("name", request.name);
  visit.payload(request.payload);
  visit.if_set("timeout_ms", request.timeout);
}

template <typename Visitor, Of<SendRequest> T>
void members(Visitor& visit, T& request) {
  visit.required("node", request.node);
  message_members(visit, request);
}

template <typename Visitor, Of<EmitParams> T>
void members(Visitor& visit, T& params) {
  message_members(visit, params.request);
}

template <typename Visitor, Of<SendReport> T>
void members(Visitor& visit, T& report) {
  visit.required("node", report.node);
  visit.required("outcome", report.delivery);
  visit.required("listeners", report.listeners);
  visit.required("took_us", report.took);
  visit.if_set("reason", report.reason);
  visit.optional_payload(report.reply);
}

template <typename Visitor, Of<EmitResult> T>
void members(Visitor& visit, T& result) {
  visit.required("nodes", result.nodes);
}

template <typename Visitor, Of<Message> T>
void members(Visitor& visit, T& message) {
  visit.required("from", message.from);
  visit.required("from_id", message.from_id);
  visit.required("name", message.name);
  visit.payload(message.payload);
  visit.if_set("ask", message.ask);
}

template <typename Visitor, Of<ReplyParams> T>
void members(Visitor& visit, T& params) {
  visit.required("ask", params.ask);
  visit.optional_payload(params.payload);
  visit.if_set("failure", params.failure);
}

template <typename Visitor, Of<ReplyResult> T>
void members(Visitor& visit, T& result) {
  visit.required("replied", result.replied);
}

template <typename Visitor, Of<ListenParams> T>
void members(Visitor& visit, T& params) {
  visit.optional("names", params.names);
}

template <typename Visitor, Of<ListenResult> T>
void members(Visitor& visit, T& result) {
  visit.required("listening", result.listening);
}

template <typename Visitor, Of<NodeKeys> T>
void members(Visitor& visit, T& node) {
  visit.required("node", node.node);
  visit.required("node_id", node.node_id);
  visit.required("keys", node.keys);
}

}  // namespace dsn::local
