// SPDX-License-Identifier: Apache-2.0
// dsn read, dsn-read: readings of any node.
#include <algorithm>

#include "base/pattern.hpp"
#include "cli/command.hpp"
#include "cli/demo/demo_simulation.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/explain_nothing.hpp"
#include "cli/show/reading_table.hpp"
#include "cli/show/value_text.hpp"
#include "formats/reading_formats.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

/// --below and --above: whether the reading is a number there.
bool is_there(const Reading& reading, const ReadOptions& options) {
  const auto number = reading.value.as_number();
  return number && (!options.below || *number < *options.below) &&
         (!options.above || *number > *options.above);
}

bool is_trusted(const Reading& reading, const ReadOptions& options) {
  const bool fetched = reading.freshness == Freshness::on_demand && !reading.absent_bytes;
  return options.any_age || fetched || reading.freshness == Freshness::ok;
}

bool all_trusted(const std::vector<Reading>& readings, const ReadOptions& options) {
  return std::ranges::all_of(readings, [&](const Reading& of) { return is_trusted(of, options); });
}

bool is_one(const std::optional<std::string>& text) { return text && !is_pattern(*text); }

void write_values(Context& context, const std::vector<Reading>& readings) {
  for (const Reading& reading : readings) {
    context.output.write(value_line(context, reading));
    // The bare value does not show its status, so the status goes to standard error.
    if (reading.freshness != Freshness::ok) {
      complain(context.program, reading.node + " " + reading.key + ": " + status_text(reading));
    }
  }
}

void write_table(Context& context, const ReadOptions& options,
                 const std::vector<Reading>& readings) {
  ReadingTableOptions table;
  table.style = table_style(context, !options.no_header);
  std::vector<Reading> rows = readings;
  put_trouble_first(rows);
  context.output.write(reading_table(rows, table));
  if (options.no_header) return;
  const bool nothing = readings.empty() && options.bad;
  context.output.say((nothing ? "nothing is wrong" : reading_summary(readings)) + "\n");
  if (options.agent.demo) context.output.say(std::string(kSimulationNote) + "\n");
}

std::string lines_of(ReadFormat format, const std::vector<Reading>& readings, bool titles) {
  const local::WallClock clock = local::WallClock::read();
  std::string text;
  if (format == ReadFormat::csv && titles) text = formats::kCsvTitles;
  for (const Reading& reading : readings) text += reading_line(format, reading, clock);
  return text;
}

void write_readings(Context& context, const ReadOptions& options,
                    const std::vector<Reading>& readings) {
  switch (options.format) {
    case ReadFormat::value:
      return write_values(context, readings);
    case ReadFormat::table:
      return write_table(context, options, readings);
    case ReadFormat::senml:
      return context.output.write(formats::readings_senml(readings));
    case ReadFormat::prom:
      return context.output.write(formats::readings_prom(readings));
    case ReadFormat::usual:
      if (context.output.is_terminal()) return write_table(context, options, readings);
      break;
    case ReadFormat::json:
    case ReadFormat::csv:
      break;
  }
  context.output.write(lines_of(options.format, readings, !options.no_header));
}

/// Whoever asks an agent right after its start may miss nodes.
void note_youth(Context& context, Client& client) {
  constexpr std::chrono::seconds kOthersAnswerWithin{5};
  const auto status = client.status();
  if (!status || status->uptime >= kOthersAnswerWithin) return;
  context.output.say("the agent started " + format_age(status->uptime) +
                     " ago; other nodes may follow\n");
}

/// After an empty answer: ok, or unknown if the node or the key does not exist.
Result<ExitCode> judge_nothing(Context& context, Client& client, const ReadQuery& query) {
  if (!query.node && !query.key && !query.database) return ExitCode::ok;
  const auto nodes = client.nodes();
  if (!nodes) return nodes.failure();
  const auto of_node = client.read({query.node, {}});
  if (!of_node) return of_node.failure();
  // What was given as a node may be a key.
  const auto of_key = client.read({{}, query.node});
  if (!of_key) return of_key.failure();
  const bool only_node = query.node && !query.key && !query.database;
  const auto problem =
      explain_nothing(query, *nodes, *of_node, only_node ? *of_key : std::vector<Reading>{});
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

  if (options.max_age) apply_max_age(*options.max_age, *readings);
  const bool trusted = all_trusted(*readings, options);
  apply(options, *readings);
  write_readings(context, options, *readings);
  const bool for_people = options.format == ReadFormat::usual && context.output.is_terminal();
  if (for_people && !options.no_header) note_youth(context, client);
  if (options.below || options.above) {
    if (!readings->empty()) return written(context);
    return written(context, trusted ? ExitCode::none_fits : ExitCode::late);
  }
  const bool one_value = options.format == ReadFormat::value && is_one(options.query.node) &&
                         is_one(options.query.key);
  return written(context,
                 (options.max_age || one_value) && !trusted ? ExitCode::late : ExitCode::ok);
}

}  // namespace

/// It may be stricter than the maximum age that the owner of a reading set.
void apply_max_age(std::chrono::milliseconds max_age, std::vector<Reading>& readings) {
  for (Reading& reading : readings) {
    if (reading.freshness != Freshness::ok || reading.age <= max_age) continue;
    reading.freshness = Freshness::late;
    reading.max_age = max_age;
  }
}

void apply(const ReadOptions& options, std::vector<Reading>& readings) {
  if (options.max_age) apply_max_age(*options.max_age, readings);
  if (options.bad) std::erase_if(readings, [](const Reading& reading) { return is_well(reading); });
  if (!options.below && !options.above) return;
  std::erase_if(readings, [&](const Reading& reading) {
    return !is_trusted(reading, options) || !is_there(reading, options);
  });
}

std::string value_line(const Context& context, const Reading& reading) {
  const std::string value = raw_value(reading.value);
  return (context.output.is_terminal() ? printable(value) : value) + "\n";
}

std::string reading_line(ReadFormat format, const Reading& reading, const local::WallClock& clock) {
  if (format == ReadFormat::json) return json_line(local::reading_json(reading, clock));
  return format == ReadFormat::csv ? formats::reading_csv(reading) : reading_tsv(reading);
}

ExitCode run(Context& context, const ReadOptions& options) {
  return with_agent(context, options.agent,
                    [&](Client& client) { return show_readings(context, client, options); });
}

}  // namespace dsn::cli
