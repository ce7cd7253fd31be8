// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_messages.hpp"

#include <algorithm>
#include <limits>

#include "local/json/json_reader.hpp"
#include "local/json/words.hpp"

namespace dsn::local {
namespace {

/// A word of an enumeration; an unknown one is a problem of the field.
template <typename Enum>
Enum read_word(JsonFields& fields, const char* name, std::optional<Enum> (*parse)(std::string_view),
               Enum otherwise) {
  const std::optional<Enum> word = parse(fields.text(name));
  if (!word) fields.fail(std::string("'") + name + "' holds an unknown word");
  return word.value_or(otherwise);
}

/// A value that JSON cannot say came as null with a note beside it.
Value read_value(JsonFields& fields) {
  const JsonIn* member = fields.find("value");
  if (const auto note = fields.optional_text("note"); note && member && member->is_null()) {
    if (auto value = value_from_note(*note)) return *std::move(value);
  }
  if (member == nullptr) return {};
  std::optional<Value> value = value_from_json(*member);
  if (!value)
    fields.fail(
        "'value' is not a value of this network: deeper than 8 levels, larger "
        "than 16 KiB, or with equal keys");
  return value ? *std::move(value) : Value();
}

}  // namespace

JsonOut reading_to_json(const Reading& reading, const WallClock& clock) {
  // A member may claim thousands of years. No client takes that, and nanoseconds do not hold it.
  const auto age = std::clamp(reading.age, std::chrono::milliseconds(0), kSpanMax);
  JsonOut json = JsonOut::object();
  json["node"] = reading.node;
  json["key"] = reading.key;
  json["value"] = value_to_json(reading.value);
  json["unit"] = reading.unit;
  json["age_ms"] = age.count();
  json["max_age_ms"] =
      reading.max_age ? JsonOut(std::min(*reading.max_age, kSpanMax).count()) : JsonOut(nullptr);
  json["status"] = to_string(reading.freshness);
  json["incarnation"] = reading.incarnation;
  json["version"] = reading.version;
  json["time"] = clock.time_of(age);
  json["clock"] = clock.state;
  if (const auto note = non_finite_note(reading.value)) json["note"] = *note;
  if (!reading.error.empty()) json["error"] = reading.error;
  if (!reading.node_id.empty()) json["node_id"] = reading.node_id;
  if (!reading.via.empty()) json["via"] = reading.via;
  if (reading.node_heard.count() > 0) json["heard_ms"] = reading.node_heard.count();
  return json;
}

std::optional<Reading> reading_from_json(const JsonIn& json) {
  JsonFields fields(json);
  Reading reading;
  reading.node = fields.text("node");
  reading.key = fields.text("key");
  reading.value = read_value(fields);
  reading.unit = fields.optional_text("unit").value_or("");
  reading.age = fields.milliseconds("age_ms");
  reading.max_age = fields.optional_milliseconds("max_age_ms");
  reading.freshness = read_word(fields, "status", freshness_from, Freshness::error);
  reading.incarnation = fields.uint32("incarnation");
  reading.version = fields.uint("version");
  reading.error = fields.optional_text("error").value_or("");
  reading.node_id = fields.optional_text("node_id").value_or("");
  reading.via = fields.optional_text("via").value_or("");
  reading.node_heard = fields.optional_milliseconds("heard_ms").value_or(reading.node_heard);
  if (!fields.ok()) return std::nullopt;
  return reading;
}

JsonOut node_to_json(const NodeInfo& node) {
  JsonOut json = JsonOut::object();
  json["node"] = node.name;
  json["node_id"] = node.id;
  json["state"] = to_string(node.state);
  json["since_ms"] = std::max<std::int64_t>(0, node.since.count());
  json["reason"] = node.reason;
  json["heard_ms"] = std::max<std::int64_t>(0, node.heard.count());
  json["round_trip_us"] = node.round_trip ? JsonOut(node.round_trip->count()) : JsonOut(nullptr);
  json["loss"] = node.loss ? JsonOut(*node.loss) : JsonOut(nullptr);
  json["via"] = node.via;
  json["address"] = node.address;
  json["keys"] = node.keys;
  json["incarnation"] = node.incarnation;
  json["version"] = node.version;
  json["conflict"] = node.conflict;
  return json;
}

std::optional<NodeInfo> node_from_json(const JsonIn& json) {
  JsonFields fields(json);
  NodeInfo node;
  node.name = fields.text("node");
  node.id = fields.text("node_id");
  node.state = read_word(fields, "state", node_state_from, NodeState::gone);
  node.since = fields.optional_milliseconds("since_ms").value_or(node.since);
  node.reason = fields.optional_text("reason").value_or("");
  node.heard = fields.milliseconds("heard_ms");
  if (const auto round_trip_us = fields.optional_uint("round_trip_us")) {
    node.round_trip = std::chrono::microseconds(
        std::min<std::uint64_t>(*round_trip_us, std::numeric_limits<std::int64_t>::max()));
  }
  node.loss = fields.optional_number("loss");
  node.via = fields.optional_text("via").value_or("");
  node.address = fields.optional_text("address").value_or("");
  node.keys = fields.uint32("keys");
  node.incarnation = fields.uint32("incarnation");
  node.version = fields.uint("version");
  node.conflict = fields.boolean("conflict");
  if (!fields.ok()) return std::nullopt;
  return node;
}

JsonOut event_to_json(const NodeEvent& event, const WallClock& clock) {
  JsonOut json = JsonOut::object();
  json["event"] = to_string(event.kind);
  json["node"] = event.node;
  json["node_id"] = event.node_id;
  if (!event.key.empty()) json["key"] = event.key;
  if (event.reading) json["reading"] = reading_to_json(*event.reading, clock);
  return json;
}

std::optional<NodeEvent> event_from_json(const JsonIn& json) {
  JsonFields fields(json);
  NodeEvent event;
  event.kind = read_word(fields, "event", event_kind_from, NodeEvent::Kind::updated);
  event.node = fields.text("node");
  event.node_id = fields.optional_text("node_id").value_or("");
  event.key = fields.optional_text("key").value_or("");
  if (const JsonIn* reading = fields.find("reading"); reading != nullptr) {
    event.reading = reading_from_json(*reading);
    if (!event.reading) fields.fail("'reading' is wrong");
  }
  if (!fields.ok()) return std::nullopt;
  return event;
}

JsonOut set_request_to_json(const SetRequest& request) {
  JsonOut json = JsonOut::object();
  json["key"] = request.key;
  json["value"] = value_to_json(request.value);
  if (const auto note = non_finite_note(request.value)) json["note"] = *note;
  if (!request.unit.empty()) json["unit"] = request.unit;
  if (request.max_age) json["max_age_ms"] = request.max_age->count();
  return json;
}

Result<SetRequest> set_request_from_json(const JsonIn& json) {
  JsonFields fields(json);
  SetRequest request;
  request.key = fields.text("key");
  if (!json.is_object() || !json.contains("value")) fields.fail("'value' is missing");
  request.value = read_value(fields);
  request.unit = fields.optional_text("unit").value_or("");
  request.max_age = fields.optional_milliseconds("max_age_ms");
  fields.refuse_others();
  if (!fields.ok()) return Error{fields.problem()};
  return request;
}

}  // namespace dsn::local
