// SPDX-License-Identifier: Apache-2.0
// AgentStatus <-> JSON.
#include "local/json/json_reader.hpp"
#include "local/json/json_messages.hpp"

namespace dsn::local {
namespace {

JsonOut interface_to_json(const InterfaceStatus& interface) {
  JsonOut json = JsonOut::object();
  json["name"] = interface.name;
  json["ipv4_joined"] = interface.ipv4_joined;
  json["ipv6_joined"] = interface.ipv6_joined;
  json["problem"] = interface.problem;
  return json;
}

JsonOut sensor_to_json(const SensorStatus& sensor) {
  JsonOut json = JsonOut::object();
  json["key"] = sensor.key;
  json["driver"] = sensor.driver;
  json["every_ms"] = sensor.every.count();
  json["samples"] = sensor.samples;
  json["failures"] = sensor.failures;
  json["error"] = sensor.error;
  return json;
}

JsonOut hook_to_json(const HookStatus& hook) {
  JsonOut json = JsonOut::object();
  json["name"] = hook.name;
  json["event"] = hook.event;
  json["runs"] = hook.runs;
  json["failures"] = hook.failures;
  json["skipped"] = hook.skipped;
  json["error"] = hook.error;
  return json;
}

void read_interfaces(JsonFields& fields, AgentStatus& status) {
  const JsonIn* list = fields.array("interfaces");
  if (list == nullptr) return;
  for (const JsonIn& element : *list) {
    JsonFields members(element);
    InterfaceStatus interface;
    interface.name = members.text("name");
    interface.ipv4_joined = members.boolean("ipv4_joined");
    interface.ipv6_joined = members.boolean("ipv6_joined");
    interface.problem = members.optional_text("problem").value_or("");
    if (!members.ok()) return fields.fail(members.problem());
    status.interfaces.push_back(std::move(interface));
  }
}

void read_sensors(JsonFields& fields, AgentStatus& status) {
  const JsonIn* list = fields.array("sensors");
  if (list == nullptr) return;
  for (const JsonIn& element : *list) {
    JsonFields members(element);
    SensorStatus sensor;
    sensor.key = members.text("key");
    sensor.driver = members.text("driver");
    sensor.every = members.milliseconds("every_ms");
    sensor.samples = members.uint("samples");
    sensor.failures = members.uint("failures");
    sensor.error = members.optional_text("error").value_or("");
    if (!members.ok()) return fields.fail(members.problem());
    status.sensors.push_back(std::move(sensor));
  }
}

void read_hooks(JsonFields& fields, AgentStatus& status) {
  const JsonIn* list = fields.find("hooks");
  if (list == nullptr) return;  // an older agent
  if (!list->is_array()) return fields.fail("'hooks' must be a list");
  for (const JsonIn& element : *list) {
    JsonFields members(element);
    HookStatus hook;
    hook.name = members.text("name");
    hook.event = members.text("event");
    hook.runs = members.uint("runs");
    hook.failures = members.uint("failures");
    hook.skipped = members.uint("skipped");
    hook.error = members.optional_text("error").value_or("");
    if (!members.ok()) return fields.fail(members.problem());
    status.hooks.push_back(std::move(hook));
  }
}

void read_counters(JsonFields& fields, AgentStatus& status) {
  const JsonIn* counters = fields.find("counters");
  if (counters == nullptr || !counters->is_object()) return fields.fail("'counters' is missing");
  for (const auto& counter : counters->items()) {
    if (!counter.value().is_number_unsigned()) return fields.fail("'counters' must be numbers");
    status.counters.emplace_back(counter.key(), counter.value().get<std::uint64_t>());
  }
}

}  // namespace

JsonOut status_to_json(const AgentStatus& status) {
  JsonOut json = JsonOut::object();
  json["program_version"] = status.version;
  json["node"] = status.node;
  json["node_id"] = status.node_id;
  json["network"] = status.network;
  json["config_file"] = status.config_file;
  json["port"] = status.port;
  json["pid"] = status.pid;
  json["incarnation"] = status.incarnation;
  json["version"] = status.state_version;
  json["uptime_ms"] = status.uptime.count();
  json["nodes_live"] = status.nodes_live;
  json["nodes_known"] = status.nodes_known;
  json["keys_held"] = status.keys_held;
  json["replica_bytes"] = status.replica_bytes;
  json["interfaces"] = JsonOut::array();
  for (const auto& interface : status.interfaces) {
    json["interfaces"].push_back(interface_to_json(interface));
  }
  json["sensors"] = JsonOut::array();
  for (const auto& sensor : status.sensors) json["sensors"].push_back(sensor_to_json(sensor));
  json["hooks"] = JsonOut::array();
  for (const auto& hook : status.hooks) json["hooks"].push_back(hook_to_json(hook));
  json["counters"] = JsonOut::object();
  for (const auto& [name, count] : status.counters) json["counters"][name] = count;
  json["warnings"] = status.warnings;
  return json;
}

std::optional<AgentStatus> status_from_json(const JsonIn& json) {
  JsonFields fields(json);
  AgentStatus status;
  status.version = fields.text("program_version");
  status.node = fields.text("node");
  status.node_id = fields.text("node_id");
  status.network = fields.optional_text("network").value_or("");
  status.config_file = fields.optional_text("config_file").value_or("");
  status.port = static_cast<std::uint16_t>(fields.uint("port", 65535));
  status.pid = fields.uint32("pid");
  status.incarnation = fields.uint32("incarnation");
  status.state_version = fields.uint("version");
  status.uptime = fields.milliseconds("uptime_ms");
  status.nodes_live = fields.uint32("nodes_live");
  status.nodes_known = fields.uint32("nodes_known");
  status.keys_held = fields.uint32("keys_held");
  status.replica_bytes = fields.uint("replica_bytes");
  read_interfaces(fields, status);
  read_sensors(fields, status);
  read_hooks(fields, status);
  read_counters(fields, status);
  status.warnings = fields.texts("warnings");
  if (!fields.ok()) return std::nullopt;
  return status;
}

}  // namespace dsn::local
