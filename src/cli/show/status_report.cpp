// SPDX-License-Identifier: Apache-2.0
#include "cli/show/status_report.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>
#include <vector>

#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/table.hpp"
#include "cli/show/value_text.hpp"

namespace dsn::cli {
namespace {

using Lines = std::vector<std::pair<std::string, Cell>>;

/// A title, and below it names with what there is to say about them.
std::string section(const char* title, const Lines& lines, bool colour) {
  if (lines.empty()) return {};
  Table table({{""}, {""}, {""}});
  for (const auto& [name, cell] : lines) table.add({{}, {name}, cell});
  TableStyle style;
  style.colour = colour;
  style.titles = false;
  return styled(title, Style::title, colour) + "\n" + table.render(style);
}

Lines node_lines(const AgentStatus& status) {
  return {
      {"name", {printable(status.node)}},
      {"id", {printable(status.node_id)}},
      {"agent",
       {fmt::format("{}, pid {}, up {}", printable(status.version), status.pid,
                    format_age(status.uptime))}},
      {"state", {fmt::format("version {}, start {}", status.state_version, status.incarnation)}},
      {"config", {status.config_file.empty() ? "none" : printable(status.config_file)}},
  };
}

Lines network_lines(const AgentStatus& status) {
  if (status.network.empty()) {
    return {
        {"no network key", {"running local-only; run 'dsn init' or 'dsn join'", Style::warning}}};
  }
  return {
      {"id", {printable(status.network)}},
      {"port", {std::to_string(status.port)}},
      {"nodes", {fmt::format("{} live of {} known", status.nodes_live, status.nodes_known)}},
      {"held",
       {fmt::format(
           "{} keys, {}", status.keys_held,
           show_value(Value::integer(static_cast<std::int64_t>(status.replica_bytes)), "B").text)}},
  };
}

Cell interface_cell(const InterfaceStatus& interface) {
  std::string families;
  if (interface.ipv4_joined) families += "IPv4";
  if (interface.ipv6_joined) families += families.empty() ? "IPv6" : ", IPv6";
  if (interface.problem.empty()) {
    return {families.empty() ? "not joined" : "multicast joined: " + families,
            families.empty() ? Style::warning : Style::good};
  }
  if (!families.empty()) families += "; ";
  return {families + printable(interface.problem), Style::warning};
}

/// One line for all that are left out for the same reason; of many the first are named.
void add_left_out(const std::vector<InterfaceStatus>& interfaces, Lines& lines) {
  constexpr std::size_t kNamed = 3;
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const InterfaceStatus& interface : interfaces) {
    if (!interface.left_out.empty()) by_reason[interface.left_out].push_back(interface.name);
  }
  for (const auto& [reason, names] : by_reason) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) {
      text += (i == 0 ? "" : ", ") + printable(names[i]);
    }
    if (names.size() > kNamed) text += fmt::format(" and {} more", names.size() - kNamed);
    lines.emplace_back(text, Cell{"left out: " + printable(reason)});
  }
}

Lines interface_lines(const AgentStatus& status) {
  Lines lines;
  for (const InterfaceStatus& interface : status.interfaces) {
    if (!interface.left_out.empty()) continue;
    lines.emplace_back(printable(interface.name), interface_cell(interface));
  }
  add_left_out(status.interfaces, lines);
  return lines;
}

Cell sensor_cell(const SensorStatus& sensor) {
  std::string text = fmt::format("{}, every {}, {} samples", printable(sensor.driver),
                                 format_period(sensor.every), sensor.samples);
  if (sensor.failures > 0) text += fmt::format(", {} failed", sensor.failures);
  if (sensor.error.empty()) return {text};
  return {text + "; now: " + printable(sensor.error), Style::bad};
}

Cell hook_cell(const HookStatus& hook) {
  std::string text = fmt::format("{}, {} runs", printable(hook.event), hook.runs);
  if (hook.failures > 0) text += fmt::format(", {} failed", hook.failures);
  if (hook.skipped > 0) text += fmt::format(", {} skipped", hook.skipped);
  if (hook.error.empty()) return {text};
  return {text + "; last: " + printable(hook.error), Style::bad};
}

}  // namespace

std::string status_report(const AgentStatus& status, bool colour) {
  Lines sensors;
  for (const auto& sensor : status.sensors) {
    sensors.emplace_back(printable(sensor.key), sensor_cell(sensor));
  }
  Lines hooks;
  for (const auto& hook : status.hooks) hooks.emplace_back(printable(hook.name), hook_cell(hook));
  Lines counters;
  for (const auto& [name, count] : status.counters) {
    if (count != 0) counters.emplace_back(printable(name), Cell{std::to_string(count)});
  }
  std::string text = section("node", node_lines(status), colour) +
                     section("network", network_lines(status), colour) +
                     section("interfaces", interface_lines(status), colour) +
                     section("sensors", sensors, colour) + section("hooks", hooks, colour) +
                     section("counters", counters, colour);
  if (status.warnings.empty()) return text;
  text += styled("warnings", Style::title, colour) + "\n";
  for (const std::string& warning : status.warnings) {
    text += "  " + styled(printable(warning), Style::warning, colour) + "\n";
  }
  return text;
}

}  // namespace dsn::cli
