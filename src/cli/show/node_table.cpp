// SPDX-License-Identifier: Apache-2.0
#include "cli/show/node_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/via_text.hpp"

namespace dsn::cli {
namespace {

Style style_of(NodeState state) {
  switch (state) {
    case NodeState::self:
    case NodeState::live:
    case NodeState::asleep:
      return Style::good;
    case NodeState::late:
    case NodeState::restarting:
      return Style::warning;
    case NodeState::gone:
      return Style::bad;
    case NodeState::left:
      return Style::faint;
  }
  return Style::plain;
}

std::string round_trip_text(const NodeInfo& node) {
  if (!node.round_trip) return kNothing;
  return fmt::format("{:.1f} ms", static_cast<double>(node.round_trip->count()) / 1000.0);
}

/// "gone 4m03s ago: silent", "asleep, back within 10m"
std::string state_text(const NodeInfo& node) {
  std::string text = to_string(node.state);
  const bool asleep = node.state == NodeState::asleep;
  const bool plain = asleep || node.state == NodeState::self || node.state == NodeState::live;
  if (!plain) text += fmt::format(" {} ago", format_age(node.since));
  if (node.role == NodeRole::observer) text += ", observer";
  if (node.conflict) text += ", conflict";
  if (!node.reason.empty()) text += (asleep ? ", " : ": ") + printable(node.reason);
  return text;
}

std::string warnings_text(const NodeInfo& node) {
  return node.warnings ? std::to_string(*node.warnings) : kNothing;
}

constexpr std::ptrdiff_t kNetkeyColumn = 6;

Cell netkey_cell(const NodeInfo& node) {
  if (!node.key_epoch) return {kNothing};
  return {fmt::format("k{}", *node.key_epoch), node.lacks_key ? Style::warning : Style::plain};
}

std::string or_nothing(const std::string& text) {
  return text.empty() ? std::string(kNothing) : printable(text);
}

}  // namespace

std::string node_table(const std::vector<NodeInfo>& nodes, const TableStyle& style) {
  std::vector<Column> columns = {{"NODE", false, Clip::middle},
                                 {"STATE"},
                                 {"RTT", true},
                                 {"LOSS", true},
                                 {"UP", true},
                                 {"VER"},
                                 {"VIA"},
                                 {"ADDRESS"},
                                 {"KEYS", true},
                                 {"WARN", true}};
  std::vector<GivesWay> gives_way = {{"NETKEY", 0}, {"VIA", 10},   {"VER", 0},   {"VIA", 0},
                                     {"LOSS", 0},   {"UP", 0},     {"RTT", 0},   {"KEYS", 0},
                                     {"WARN", 0},   {"STATE", 24}, {"NODE", 10}, {"ADDRESS", 0},
                                     {"NODE", 8},   {"STATE", 12}};
  // Only where there is an authority do nodes have different ones.
  const bool has_netkeys =
      std::ranges::any_of(nodes, [](const NodeInfo& node) { return node.key_epoch.has_value(); });
  if (has_netkeys) columns.insert(columns.begin() + kNetkeyColumn, {"NETKEY"});
  Table table(std::move(columns), std::move(gives_way));
  for (const NodeInfo& node : nodes) {
    const bool self = node.state == NodeState::self;
    std::vector<Cell> row = {
        {printable(node.name)},
        {state_text(node), node.conflict ? Style::warning : style_of(node.state)},
        {round_trip_text(node)},
        {node.loss ? fmt::format("{:.1f} %", *node.loss * 100) : kNothing},
        {node.uptime ? format_age(*node.uptime) : kNothing},
        {or_nothing(node.program)},
        {self || node.via.empty() ? kNothing : via_text(node.via)},
        {or_nothing(node.address)},
        {std::to_string(node.keys)},
        {warnings_text(node), node.warnings.value_or(0) > 0 ? Style::warning : Style::plain}};
    if (has_netkeys) row.insert(row.begin() + kNetkeyColumn, netkey_cell(node));
    table.add(std::move(row));
  }
  return table.render(style);
}

bool is_well(const NodeInfo& node) { return style_of(node.state) == Style::good && !node.conflict; }

void put_trouble_first(std::vector<NodeInfo>& nodes) {
  const auto rank = [](const NodeInfo& node) {
    if (is_well(node)) return 2;
    return style_of(node.state) == Style::bad ? 0 : 1;
  };
  std::ranges::stable_sort(nodes, {}, rank);
}

std::string node_summary(const std::vector<NodeInfo>& nodes) {
  std::string list;
  std::size_t live = 0;
  std::uint64_t keys = 0;
  for (const NodeInfo& node : nodes) keys += node.keys;
  for (const NodeState state : {NodeState::live, NodeState::late, NodeState::gone,
                                NodeState::restarting, NodeState::asleep, NodeState::left}) {
    // This node is one of those that live.
    const auto count = static_cast<std::size_t>(std::ranges::count_if(nodes, [&](const auto& node) {
      return node.state == state || (state == NodeState::live && node.state == NodeState::self);
    }));
    if (state == NodeState::live) live = count;
    if (count > 0)
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, to_string(state));
  }
  const auto conflicts = std::ranges::count(nodes, true, &NodeInfo::conflict);
  if (conflicts > 0) list += fmt::format(", {} in conflict", conflicts);
  const bool all_well = live == nodes.size() && conflicts == 0;
  return counted(nodes.size(), "node") + (all_well ? "" : " (" + list + ")") + ", " +
         counted(keys, "key");
}

std::string half_met_table(const std::vector<HalfMetNode>& nodes, const TableStyle& style) {
  Table table({{""}, {""}});
  for (const HalfMetNode& node : nodes) {
    std::string text = "heard at " + printable(node.address);
    if (!node.interface_name.empty()) text += " on " + printable(node.interface_name);
    text += node.left_out ? ", not in whitelist_node_ids" : ", does not answer";
    table.add({{printable(node.node)}, {text, node.left_out ? Style::faint : Style::warning}});
  }
  TableStyle untitled = style;
  untitled.titles = false;
  return table.render(untitled);
}

std::string node_tsv(const NodeInfo& node) {
  return tsv_line({node.name, to_string(node.state), std::to_string(node.heard.count()),
                   node.round_trip ? std::to_string(node.round_trip->count()) : std::string(),
                   node.loss ? fmt::format("{}", *node.loss) : std::string(), node.via,
                   node.address, std::to_string(node.keys), node.id,
                   std::to_string(node.since.count()), node.conflict ? "conflict" : "", node.reason,
                   to_string(node.role), node.program,
                   node.uptime ? std::to_string(node.uptime->count()) : std::string(),
                   node.warnings ? std::to_string(*node.warnings) : std::string(),
                   node.key_epoch ? std::to_string(*node.key_epoch) : std::string()});
}

}  // namespace dsn::cli
