// SPDX-License-Identifier: Apache-2.0
#include "web/event_text.hpp"

#include <fmt/format.h>

#include "base/unit_symbol.hpp"
#include "local/json/json_append.hpp"
#include "local/json/json_text.hpp"
#include "local/json/wall_clock.hpp"

namespace dsn::web {
namespace {

using Clock = Picture::Clock;

void append_event(std::string& out, std::string_view name, std::string_view data) {
  out += fmt::format("event: {}\ndata: {}\n\n", name, data);
}

std::string quoted(std::string_view text) {
  std::string json;
  local::append_text(json, text);
  return json;
}

std::int64_t ms_since(Clock::time_point at, Clock::time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - at).count();
}

std::string agent_json(const AgentState& agent, Clock::time_point now) {
  return fmt::format(R"({{"connected":{},"problem":{},"since_ms":{}}})", agent.is_connected,
                     quoted(agent.problem), ms_since(agent.since, now));
}

// Pairs of minutes ago and number, the oldest one first.
std::string trend_json(const Trend& trend, Clock::time_point now) {
  std::string json = "[";
  for (const Trend::TrendPoint& point : trend.points()) {
    json += fmt::format("{}[{},", json.size() > 1 ? "," : "", ms_since(point.minute, now) / 60'000);
    local::append_number(json, point.number);
    json += ']';
  }
  return json + "]";
}

// The page goes on with the trend by itself: only a whole view has it.
std::string held_json(const HeldReading& held, bool with_trend, const local::WallClock& clock,
                      Clock::time_point now) {
  std::string json = R"({"reading":)" + local::reading_json(held.as_of(now), clock);
  json += R"(,"unit_text":)" + quoted(unit_symbol(held.reading.unit));
  if (with_trend && held.trend) json += R"(,"trend":)" + trend_json(*held.trend, now);
  return json + "}";
}

}  // namespace

std::string event_text(const Picture::View& view, const std::string& id, Clock::time_point now) {
  const auto wall_clock = local::WallClock::read();
  std::string out;
  if (view.is_whole) append_event(out, "whole", "{}");
  append_event(out, "agent", agent_json(view.agent, now));
  for (const auto& node : view.nodes) append_event(out, "node", local::node_json(node->as_of(now)));
  for (const auto& held : view.readings) {
    append_event(out, "reading", held_json(*held, view.is_whole, wall_clock, now));
  }
  for (const auto& [node_id, key] : view.gone_readings) {
    append_event(out, "gone",
                 fmt::format(R"({{"node_id":{},"key":{}}})", quoted(node_id), quoted(key)));
  }
  for (const std::string& node_id : view.gone_nodes) {
    append_event(out, "gone", fmt::format(R"({{"node_id":{}}})", quoted(node_id)));
  }
  out += fmt::format("event: ready\nid: {}\ndata: {{}}\n\n", id);
  return out;
}

}  // namespace dsn::web
