// SPDX-License-Identifier: Apache-2.0
#include "cli/show/status_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
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
  Table table({{""}, {""}});
  for (const auto& [name, cell] : lines) table.add({{name, Style::plain, 2}, cell});
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

Cell key_cell(const AgentStatus& status) {
  const std::string key = fmt::format("k{}", status.key_epoch);
  if (status.lack_key == 0) return {key + ", on all nodes"};
  return {fmt::format("{}; {} without it: dsn key status", key, counted(status.lack_key, "node")),
          Style::warning};
}

Lines network_lines(const AgentStatus& status) {
  if (status.network.empty()) {
    return {
        {"no network key", {"running local-only; run 'dsn init' or 'dsn join'", Style::warning}}};
  }
  Lines lines = {
      {"id", {printable(status.network)}},
      {"port", {std::to_string(status.port)}},
      {"nodes", {fmt::format("{} live of {} known", status.nodes_live, status.nodes_known)}},
      {"held",
       {fmt::format(
           "{}, {}", counted(status.keys_held, "key"),
           show_value(Value::integer(static_cast<std::int64_t>(status.replica_bytes)), "B").text)}},
  };
  if (status.key_epoch > 0) lines.emplace_back("key", key_cell(status));
  return lines;
}

Cell interface_cell(const InterfaceStatus& interface) {
  std::string families;
  if (interface.ipv4_joined) families += "IPv4";
  if (interface.ipv6_joined) families += families.empty() ? "IPv6" : ", IPv6";
  if (interface.problem.empty()) {
    if (families.empty()) return {"not joined", Style::warning};
    const std::string heard =
        interface.heard_ago ? fmt::format("last heard {} ago", format_age(*interface.heard_ago))
                            : "none heard yet";
    return {fmt::format("multicast joined: {}; of other machines {}", families, heard),
            interface.heard_ago ? Style::good : Style::plain};
  }
  if (!families.empty()) families += "; ";
  return {families + printable(interface.problem), Style::warning};
}

Cell bootstrap_cell(const BootstrapStatus& bootstrap) {
  std::string text = printable(bootstrap.node);
  if (bootstrap.problem.empty()) {
    return {text.empty() ? "waiting for an answer" : text,
            text.empty() ? Style::plain : Style::good};
  }
  text += (text.empty() ? "" : ": ") + printable(bootstrap.problem);
  return {fmt::format("{}, tried for {}", text, format_age(bootstrap.tried_for)), Style::warning};
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
  std::string text = fmt::format("{}, every {}, {}", printable(sensor.driver),
                                 format_period(sensor.every), counted(sensor.samples, "sample"));
  if (sensor.failures > 0) text += fmt::format(", {} failed", sensor.failures);
  if (sensor.error.empty()) return {text};
  return {text + "; now: " + printable(sensor.error), Style::bad};
}

Cell hook_cell(const HookStatus& hook) {
  std::string text = printable(hook.event) + ", " + counted(hook.runs, "run");
  if (hook.failures > 0) text += fmt::format(", {} failed", hook.failures);
  if (hook.skipped > 0) text += fmt::format(", {} skipped", hook.skipped);
  if (hook.error.empty()) return {text};
  return {text + "; last: " + printable(hook.error), Style::bad};
}

// Counters that grow while all is well; docs/troubleshooting.md explains each.
bool is_ordinary(std::string_view name) {
  static constexpr std::string_view kOrdinary[] = {"frames_in",
                                                   "bytes_in",
                                                   "frames_out",
                                                   "bytes_out",
                                                   "updates_in",
                                                   "updates_out",
                                                   "pulls_out",
                                                   "snapshots_in",
                                                   "rounds",
                                                   "messages_in",
                                                   "messages_out",
                                                   "held_back",
                                                   "drop_own_echo",
                                                   "drop_replayed",
                                                   "drop_repeated_message",
                                                   "drop_unwanted",
                                                   "drop_unknown_session",
                                                   "drop_unknown_message",
                                                   "datagrams_sent",
                                                   "datagrams_received",
                                                   "bytes_sent",
                                                   "bytes_received",
                                                   "sockets_reopened",
                                                   "api_connections",
                                                   "api_requests"};
  return std::ranges::find(kOrdinary, name) != std::end(kOrdinary);
}

}  // namespace

std::string status_report(const AgentStatus& status, bool colour, bool all_counters) {
  Lines bootstraps;
  for (const auto& bootstrap : status.bootstrap_nodes) {
    bootstraps.emplace_back(printable(fmt::format("{}:{}", bootstrap.address, bootstrap.port)),
                            bootstrap_cell(bootstrap));
  }
  Lines sensors;
  for (const auto& sensor : status.sensors) {
    sensors.emplace_back(printable(sensor.key), sensor_cell(sensor));
  }
  Lines hooks;
  for (const auto& hook : status.hooks) hooks.emplace_back(printable(hook.name), hook_cell(hook));
  Lines counters;
  for (const auto& [name, count] : status.counters) {
    if (count == 0 || (!all_counters && is_ordinary(name))) continue;
    counters.emplace_back(printable(name), Cell{std::to_string(count)});
  }
  std::string text = section("node", node_lines(status), colour) +
                     section("network", network_lines(status), colour) +
                     section("interfaces", interface_lines(status), colour) +
                     section("bootstrap nodes", bootstraps, colour) +
                     section("sensors", sensors, colour) + section("hooks", hooks, colour) +
                     section("counters", counters, colour);
  if (status.warnings.empty()) return text;
  text += styled("warnings", Style::title, colour) + "\n";
  for (const Warning& warning : status.warnings) {
    text += "  " + styled(printable(warning.text), Style::warning, colour) + "\n";
    if (!warning.advice.empty()) text += "    " + printable(warning.advice) + "\n";
  }
  return text;
}

}  // namespace dsn::cli
