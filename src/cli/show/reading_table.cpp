// SPDX-License-Identifier: Apache-2.0
#include "cli/show/reading_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/trends.hpp"
#include "cli/show/value_text.hpp"
#include "cli/show/via_text.hpp"

namespace dsn::cli {
namespace {

/// Enough for a sentence; all of it is in the other formats.
constexpr std::size_t kValueWidthMax = 48;

Style style_of(Freshness freshness) {
  switch (freshness) {
    case Freshness::ok:
      return Style::good;
    case Freshness::late:
    case Freshness::node_late:
    case Freshness::conflict:
    case Freshness::stale:
      return Style::warning;
    case Freshness::on_demand:
      return Style::faint;
    case Freshness::node_gone:
    case Freshness::error:
      return Style::bad;
  }
  return Style::plain;
}

/// A value cell before the column is aligned.
struct PendingValue {
  ShownValue shown;
  Style style = Style::plain;
};

PendingValue value_of(const Reading& reading) {
  if (reading.freshness == Freshness::error) return {{kNothing, 1, true}, Style::faint};
  if (reading.absent_bytes) {
    return {{fmt::format("{} bytes", *reading.absent_bytes), 1, false}, Style::faint};
  }
  ShownValue shown = show_value(reading);
  shown.text = clip(shown.text, kValueWidthMax);
  if (reading.freshness != Freshness::node_gone) {
    // Where the terminal is too narrow for the status, at least the colour speaks.
    const bool fresh = reading.freshness == Freshness::ok;
    return {std::move(shown), fresh ? Style::plain : Style::warning};
  }
  shown.text = "(" + shown.text + ")";
  if (shown.is_number) ++shown.integer_width;
  return {std::move(shown), Style::faint};
}

std::string last_heard(const Reading& reading) {
  return last_heard_text(format_age(reading.node_heard), reading.via);
}

std::string error_text(const Reading& reading) {
  std::string text = "error: ";
  text += reading.error.empty() ? "the sensor failed" : printable(reading.error);
  if (reading.value.is_null()) return text;
  return text +
         fmt::format("; last good {} {} ago", show_value(reading).text, format_age(reading.age));
}

/// "5 keys (3 ok, 1 error, 1 gone)"; just "5 keys" if all are of the first kind.
template <std::size_t N>
std::string count_text(const char* noun, const std::array<std::pair<const char*, int>, N>& parts) {
  int total = 0;
  std::string list;
  for (const auto& [word, count] : parts) {
    total += count;
    if (count == 0) continue;
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, word);
  }
  std::string text = counted(static_cast<std::uint64_t>(total), noun);
  if (parts.front().second != total) text += " (" + list + ")";
  return text;
}

int count_of(const std::vector<Reading>& readings, Freshness freshness) {
  return static_cast<int>(
      std::count_if(readings.begin(), readings.end(),
                    [&](const Reading& reading) { return reading.freshness == freshness; }));
}

}  // namespace

bool is_well(const Reading& reading) {
  return reading.freshness == Freshness::ok || reading.freshness == Freshness::on_demand;
}

void put_trouble_first(std::vector<Reading>& readings) {
  const auto rank = [](const Reading& reading) {
    if (is_well(reading)) return 2;
    return style_of(reading.freshness) == Style::bad ? 0 : 1;
  };
  std::ranges::stable_sort(readings, {}, rank);
}

std::string status_text(const Reading& reading) {
  switch (reading.freshness) {
    case Freshness::ok:
      return "ok";
    case Freshness::late:
      if (!reading.max_age) return "late";
      return fmt::format("late (max {})", format_period(*reading.max_age));
    case Freshness::node_late:
      return "node late, " + last_heard(reading);
    case Freshness::node_gone:
      return "node gone, " + last_heard(reading);
    case Freshness::error:
      return error_text(reading);
    case Freshness::conflict:
      return fmt::format("conflict: the name belongs to another node, this one is {}",
                         printable(reading.node_id.substr(0, 8)));
    case Freshness::stale:
      return "stale: neither written nor read for long";
    case Freshness::on_demand:
      return fmt::format("on demand: dsn-read {} {}", printable(reading.node),
                         printable(reading.key));
  }
  return "?";
}

std::string reading_table(const std::vector<Reading>& readings,
                          const ReadingTableOptions& options) {
  std::vector<PendingValue> values;
  std::size_t integer_width_max = 0;
  for (const Reading& reading : readings) {
    values.push_back(value_of(reading));
    const ShownValue& shown = values.back().shown;
    if (shown.is_number) integer_width_max = std::max(integer_width_max, shown.integer_width);
  }
  const bool with_trends = options.trends.size() == readings.size() && !readings.empty();
  std::vector<Column> columns = {
      {"NODE", false, Clip::middle}, {"KEY", false, Clip::middle}, {"VALUE"}, {"AGE", true}};
  if (options.max_age) columns.push_back({"MAX", true});
  if (with_trends) columns.push_back({"TREND", false, Clip::front});
  columns.push_back({"STATUS"});

  // The past before the present, and value and status last.
  Table table(std::move(columns), {{"TREND", kTrendLengthMax / 2},
                                   {"TREND", 0},
                                   {"MAX", 0},
                                   {"KEY", 10},
                                   {"AGE", 0},
                                   {"NODE", 8},
                                   {"KEY", 6},
                                   {"VALUE", 12},
                                   {"NODE", 6}});
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const Reading& reading = readings[i];
    const ShownValue& shown = values[i].shown;
    const std::size_t indent = shown.is_number ? integer_width_max - shown.integer_width : 0;
    const bool failed = reading.freshness == Freshness::error;
    std::vector<Cell> row = {{printable(reading.node)},
                             {printable(reading.key)},
                             {shown.text, values[i].style, indent},
                             {failed ? kNothing : sampled_text(reading)}};
    if (options.max_age) {
      row.push_back({reading.max_age ? format_period(*reading.max_age) : kNothing});
    }
    if (with_trends) row.push_back({options.trends[i], Style::faint});
    row.push_back({status_text(reading), style_of(reading.freshness)});
    table.add(std::move(row));
  }
  return table.render(options.style);
}

std::string reading_summary(const std::vector<Reading>& readings) {
  // By identity: two nodes of one name are two.
  std::map<std::pair<std::string, std::string>, Freshness> nodes;
  for (const Reading& reading : readings) {
    Freshness& state = nodes[{reading.node, reading.node_id}];
    if (reading.freshness == Freshness::node_gone || reading.freshness == Freshness::node_late) {
      state = reading.freshness;
    }
  }
  int gone = 0;
  int late = 0;
  for (const auto& [node, state] : nodes) {
    if (state == Freshness::node_gone) ++gone;
    if (state == Freshness::node_late) ++late;
  }
  const int live = static_cast<int>(nodes.size()) - gone - late;
  const std::array<std::pair<const char*, int>, 3> node_parts = {
      {{"live", live}, {"late", late}, {"gone", gone}}};
  const std::array<std::pair<const char*, int>, 8> key_parts = {
      {{"ok", count_of(readings, Freshness::ok)},
       {"late", count_of(readings, Freshness::late)},
       {"of a late node", count_of(readings, Freshness::node_late)},
       {"error", count_of(readings, Freshness::error)},
       {"conflict", count_of(readings, Freshness::conflict)},
       {"gone", count_of(readings, Freshness::node_gone)},
       {"stale", count_of(readings, Freshness::stale)},
       {"on demand", count_of(readings, Freshness::on_demand)}}};
  return count_text("node", node_parts) + ", " + count_text("key", key_parts);
}

std::string reading_tsv(const Reading& reading) {
  std::string status = to_string(reading.freshness);
  if (reading.freshness == Freshness::error && !reading.error.empty()) {
    status += ": " + reading.error;
  }
  return tsv_line({reading.node, reading.key, raw_value(reading.value), reading.unit,
                   std::to_string(reading.age.count()), status});
}

}  // namespace dsn::cli
