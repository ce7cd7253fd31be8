// SPDX-License-Identifier: Apache-2.0
#include "cli/show/digest_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/printable.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/node_table.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/table.hpp"
#include "cli/show/value_text.hpp"

namespace dsn::cli {
namespace {

std::optional<double> parsed_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<KeyRange> range_of(std::string_view line) {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const std::size_t end = std::min(line.find('\t'), line.size());
    field = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  const auto low = parsed_number(fields[3]);
  const auto high = parsed_number(fields[4]);
  if (!low || !high) return std::nullopt;
  return KeyRange{std::string(fields[0]), std::string(fields[1]), std::string(fields[2]), *low,
                  *high};
}

/// Lines below a title; nothing without lines.
std::string section(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = "\n" + title + "\n";
  for (const std::string& line : lines) text += "  " + printable(line) + "\n";
  return text;
}

std::string why(const NodeInfo& node) { return node.reason.empty() ? "" : ": " + node.reason; }

std::vector<std::string> trouble(const Digest& digest) {
  std::vector<std::string> lines;
  for (const NodeInfo& node : digest.nodes) {
    if (is_well(node)) continue;
    const std::string state =
        node.conflict ? "its name belongs to another node" : to_string(node.state);
    lines.push_back(
        fmt::format("{}  {} for {}{}", node.name, state, format_age(node.since), why(node)));
  }
  for (const Reading& reading : digest.readings) {
    if (is_well(reading)) continue;
    lines.push_back(fmt::format("{} {}  {}, {} old: {}", reading.node, reading.key,
                                show_value(reading.value, reading.unit).text,
                                format_age(reading.age), status_text(reading)));
  }
  return lines;
}

bool is_new(const Digest& digest, const NodeInfo& node) {
  return node.since < digest.span && node.state != NodeState::self;
}

std::vector<std::string> comings_and_goings(const Digest& digest) {
  std::vector<std::string> lines;
  for (const NodeInfo& node : digest.nodes) {
    if (is_new(digest, node)) {
      lines.push_back(fmt::format("{}  {} for {}{}", node.name, to_string(node.state),
                                  format_age(node.since), why(node)));
    } else if (node.uptime && *node.uptime < digest.span) {
      lines.push_back(
          fmt::format("{}  its agent started {} ago", node.name, format_age(*node.uptime)));
    }
  }
  return lines;
}

std::vector<std::string> warnings(const Digest& digest) {
  std::vector<std::string> lines;
  for (const Warning& warning : digest.warnings) {
    lines.push_back(warning.text + (warning.advice.empty() ? "" : "; " + warning.advice));
  }
  return lines;
}

std::vector<std::string> ranges(const Digest& digest) {
  std::vector<std::string> lines;
  for (const KeyRange& range : digest.ranges) {
    lines.push_back(fmt::format("{} {}  {} to {}", range.node, range.key,
                                show_value(Value::real(range.low), "").text,
                                show_value(Value::real(range.high), range.unit).text));
  }
  return lines;
}

}  // namespace

std::vector<KeyRange> parse_ranges(std::string_view lines) {
  std::vector<KeyRange> found;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (auto range = range_of(lines.substr(0, end))) found.push_back(*std::move(range));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return found;
}

std::string digest_text(const Digest& digest) {
  const std::vector<std::string> bad = trouble(digest);
  const std::string span = format_period(digest.span);
  return fmt::format("DSN: {}; {}\n", node_summary(digest.nodes),
                     bad.empty() ? "all is well" : fmt::format("{} not well", bad.size())) +
         section("Not well", bad) + section("Warnings of this node", warnings(digest)) +
         section("Came and went within " + span, comings_and_goings(digest)) +
         section("Lowest and highest within " + span, ranges(digest));
}

}  // namespace dsn::cli
