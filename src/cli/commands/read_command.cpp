// SPDX-License-Identifier: Apache-2.0
// dsn read, dsn-read: readings of any node.
#include <algorithm>

#include "base/pattern.hpp"
#include "cli/command.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/explain_nothing.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/value_text.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

/// Applies --max-age, which may be stricter than the maximum age that the owner of a reading set.
void judge_by(std::chrono::milliseconds max_age, std::vector<Reading>& readings) {
  for (Reading& reading : readings) {
    if (reading.freshness != Freshness::ok || reading.age <= max_age) continue;
    reading.freshness = Freshness::late;
    reading.max_age = max_age;
  }
}

void write_values(Context& context, const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    const std::string value = raw_value(reading.value);
    context.output.write((context.output.is_terminal() ? printable(value) : value) + "\n");
    // The bare value does not show its status, so the status goes to standard error.
    if (reading.freshness != Freshness::ok) {
      complain(context.program, reading.node + " " + reading.key + ": " + status_text(reading));
    }
  }
}

void write_table(Context& context, const ReadOptions& options,
                 const std::vector<Reading>& readings) {
  ReadingTableOptions table;
  table.style.colour = context.output.colour();
  table.style.titles = !options.no_header;
  context.output.write(reading_table(readings, table));
  if (options.no_header) return;
  context.output.write(reading_summary(readings) + "\n");
  if (options.agent.demo) context.output.write(std::string(kSimulationNote) + "\n");
}

void write_readings(Context& context, const ReadOptions& options,
                    const std::vector<Reading>& readings) {
  if (options.value_only) return write_values(context, readings);
  if (!options.json && context.output.is_terminal()) {
    return write_table(context, options, readings);
  }
  const local::WallClock clock = local::WallClock::read();
  std::string text;
  for (const Reading& reading : readings) {
    text += options.json ? json_line(local::reading_json(reading, clock)) : reading_tsv(reading);
  }
  context.output.write(text);
}

/// After an empty answer: ok, or unknown if the node or the key does not exist.
Result<ExitCode> judge_nothing(Context& context, Client& client, const ReadQuery& query) {
  if (!query.node && !query.key && !query.database) return ExitCode::ok;
  const auto nodes = client.nodes();
  if (!nodes) return nodes.failure();
  const auto of_node = client.read({query.node, {}});
  if (!of_node) return of_node.failure();
  const auto problem = explain_nothing(query, *nodes, *of_node);
  if (!problem) return ExitCode::ok;
  complain(context.program, *problem);
  return ExitCode::unknown;
}

/// The readings of the query; the value of a single one is fetched if it is not here.
Result<std::vector<Reading>> fetched(Client& client, const ReadOptions& options) {
  auto readings = client.read(options.query);
  const bool is_single = readings && readings->size() == 1 && options.query.node &&
                         options.query.key && !options.watch;
  if (!is_single) return readings;
  Reading& reading = readings->front();
  if (!options.fresh && !reading.absent_bytes) return readings;
  auto one = client.fetch({.node = reading.node, .key = reading.key, .fresh = options.fresh});
  if (!one) return one.failure().prefixed(reading.node + " " + reading.key + ": ");
  reading = *std::move(one);
  return readings;
}

Result<ExitCode> show_readings(Context& context, Client& client, const ReadOptions& options) {
  const auto is_one = [](const std::optional<std::string>& text) {
    return text && !is_pattern(*text);
  };
  if (options.fresh && !(is_one(options.query.node) && is_one(options.query.key))) {
    complain(context.program, "--fresh is for one reading: dsn-read NODE KEY --fresh");
    return ExitCode::usage;
  }
  auto readings = fetched(client, options);
  if (!readings) return readings.failure();
  if (readings->empty()) {
    const auto code = judge_nothing(context, client, options.query);
    if (!code || code.value() != ExitCode::ok) return code;
  }
  if (options.watch) return run_watch(context, options);

  if (options.max_age) judge_by(*options.max_age, *readings);
  write_readings(context, options, *readings);
  const bool all_fresh =
      std::all_of(readings->begin(), readings->end(),
                  [](const Reading& reading) { return reading.freshness == Freshness::ok; });
  return written(context, options.max_age && !all_fresh ? ExitCode::late : ExitCode::ok);
}

}  // namespace

ExitCode run(Context& context, const ReadOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return show_readings(context, client, options); });
}

}  // namespace dsn::cli
