// SPDX-License-Identifier: Apache-2.0
#include "cli/show/node_table.hpp"

#include <fmt/format.h>

#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"

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

std::string or_nothing(const std::string& text) {
  return text.empty() ? std::string(kNothing) : printable(text);
}

}  // namespace

std::string node_table(const std::vector<NodeInfo>& nodes, const TableStyle& style) {
  Table table({{"NODE"},
               {"STATE"},
               {"RTT", true},
               {"LOSS", true},
               {"UP", true},
               {"VER"},
               {"VIA"},
               {"ADDRESS"},
               {"KEYS", true},
               {"WARN", true}});
  for (const NodeInfo& node : nodes) {
    const bool self = node.state == NodeState::self;
    table.add(
        {{printable(node.name)},
         {state_text(node), node.conflict ? Style::warning : style_of(node.state)},
         {round_trip_text(node)},
         {node.loss ? fmt::format("{:.1f} %", *node.loss * 100) : kNothing},
         {node.uptime ? format_age(*node.uptime) : kNothing},
         {or_nothing(node.program)},
         {self ? kNothing : or_nothing(node.via)},
         {or_nothing(node.address)},
         {std::to_string(node.keys)},
         {warnings_text(node), node.warnings.value_or(0) > 0 ? Style::warning : Style::plain}});
  }
  return table.render(style);
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
                   node.warnings ? std::to_string(*node.warnings) : std::string()});
}

}  // namespace dsn::cli
