// SPDX-License-Identifier: Apache-2.0
#include "web/metrics.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace dsn::web {
namespace {

// OpenMetrics: a label's value escapes these three.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    if (c == '\n') {
      result += "\\n";
    } else {
      result += c;
    }
  }
  return result;
}

double seconds(std::chrono::microseconds span) {
  return std::chrono::duration<double>(span).count();
}

std::string number_text(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", number);
}

using Number = std::optional<double>;

Number up_of(const NodeInfo& node) {
  return node.state == NodeState::self || node.state == NodeState::live ? 1 : 0;
}
Number heard_of(const NodeInfo& node) { return seconds(node.heard); }
Number round_trip_of(const NodeInfo& node) {
  return node.round_trip ? Number(seconds(*node.round_trip)) : std::nullopt;
}
Number loss_of(const NodeInfo& node) { return node.loss; }
Number uptime_of(const NodeInfo& node) {
  return node.uptime ? Number(seconds(*node.uptime)) : std::nullopt;
}
Number keys_of(const NodeInfo& node) { return node.keys; }

Number ok_of(const Reading& reading) { return reading.freshness == Freshness::ok ? 1 : 0; }
Number age_of(const Reading& reading) { return seconds(reading.age); }
Number value_of(const Reading& reading) {
  if (reading.freshness != Freshness::ok) return std::nullopt;
  if (const auto truth = reading.value.as_boolean()) return *truth ? 1 : 0;
  return reading.value.as_number();
}

/// What is said of each node, or of each reading: a number, or nothing.
template <typename T>
struct Family {
  const char* name;
  const char* unit;  // OpenMetrics: it ends the name
  const char* help;
  Number (*number)(const T&);
};

constexpr std::array<Family<NodeInfo>, 6> kNodeFamilies{{
    {"dsn_node_up", "", "1 if the node is live, else 0.", up_of},
    {"dsn_node_heard_seconds", "seconds", "Time since the node was last heard.", heard_of},
    {"dsn_node_round_trip_seconds", "seconds", "Round trip to the node, smoothed.", round_trip_of},
    {"dsn_node_loss_ratio", "ratio", "Share of the frames of the node that did not arrive.",
     loss_of},
    {"dsn_node_uptime_seconds", "seconds", "Time since the agent of the node started.", uptime_of},
    {"dsn_node_keys", "", "Keys of the node that are held here.", keys_of},
}};

constexpr std::array<Family<Reading>, 3> kReadingFamilies{{
    {"dsn_reading", "", "The value of a number or truth value that can be trusted.", value_of},
    {"dsn_reading_ok", "", "1 if the reading can be trusted, else 0.", ok_of},
    {"dsn_reading_age_seconds", "seconds", "Time since the value was measured.", age_of},
}};

constexpr std::size_t kFamilies = kNodeFamilies.size() + kReadingFamilies.size() + 1;

std::string labels_of(const NodeInfo& node) {
  return fmt::format("node=\"{}\"", escaped(node.name));
}

std::string labels_of(const Reading& reading) {
  return fmt::format(R"(node="{}",key="{}",unit="{}")", escaped(reading.node), escaped(reading.key),
                     escaped(reading.unit));
}

template <typename T>
void append_head(std::string& out, const Family<T>& family) {
  out += fmt::format("# TYPE {} gauge\n", family.name);
  if (*family.unit != 0) out += fmt::format("# UNIT {} {}\n", family.name, family.unit);
  out += fmt::format("# HELP {} {}\n", family.name, family.help);
}

template <typename T>
void append_sample(std::string& out, const Family<T>& family, const T& of) {
  if (const auto number = family.number(of)) {
    out += fmt::format("{}{{{}}} {}\n", family.name, labels_of(of), number_text(*number));
  }
}

void append_agent(std::string& out, const AgentState& agent) {
  out += fmt::format(
      "# TYPE dsn_agent_up gauge\n# HELP dsn_agent_up 1 if the agent of this machine answers.\n"
      "dsn_agent_up {}\n# EOF\n",
      agent.is_connected ? 1 : 0);
}

}  // namespace

MetricsText::MetricsText(Picture::View view, Picture::Clock::time_point now)
    : view_(std::move(view)), now_(now) {
  // What was is not what is.
  if (!view_.agent.is_connected) family_ = kFamilies - 1;
}

bool MetricsText::next(std::string& out) {
  if (has_ended_) return false;
  while (out.size() < kPieceBytes && !has_ended_) {
    if (family_ + 1 == kFamilies) {
      append_agent(out, view_.agent);
      has_ended_ = true;
    } else {
      append_line(out);
      const bool is_of_nodes = family_ < kNodeFamilies.size();
      const std::size_t count = is_of_nodes ? view_.nodes.size() : view_.readings.size();
      if (++index_ >= count) {
        index_ = 0;
        ++family_;
      }
    }
  }
  return true;
}

void MetricsText::append_line(std::string& out) const {
  if (family_ < kNodeFamilies.size()) {
    const auto& family = kNodeFamilies[family_];
    if (index_ == 0) append_head(out, family);
    if (index_ < view_.nodes.size()) append_sample(out, family, view_.nodes[index_]->as_of(now_));
    return;
  }
  const auto& family = kReadingFamilies[family_ - kNodeFamilies.size()];
  if (index_ == 0) append_head(out, family);
  if (index_ < view_.readings.size()) {
    append_sample(out, family, view_.readings[index_]->as_of(now_));
  }
}

}  // namespace dsn::web
