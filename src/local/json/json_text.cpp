// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_text.hpp"

#include "local/json/json_messages.hpp"

namespace dsn::local {

std::string reading_json(const Reading& reading, const WallClock& clock) {
  return encode_json(reading, clock);
}

std::string node_json(const NodeInfo& node) { return encode_json(node); }

std::string half_met_json(const HalfMetNode& node) { return encode_json(node); }

std::string event_json(const NodeEvent& event, const WallClock& clock) {
  return encode_json(event, clock);
}

std::string message_json(const Message& message) { return encode_json(message); }

std::string send_report_json(const SendReport& report) { return encode_json(report); }

std::string module_json(const ModuleInfo& module) { return encode_json(module); }

std::string status_json(const AgentStatus& status) { return encode_json(status); }
std::string examination_json(const Examination& examination) { return encode_json(examination); }

std::string value_json(const Value& value) {
  std::string json;
  append_value(json, value);
  return json;
}

std::optional<Value> parse_json_value(std::string_view text) {
  const std::optional<JsonIn> json = parse_json(text);
  return json ? value_from_json(*json) : std::nullopt;
}

}  // namespace dsn::local
