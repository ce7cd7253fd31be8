// SPDX-License-Identifier: Apache-2.0
// The command lines of the commands that look back.
#include <chrono>
#include <string>

#include "base/duration.hpp"
#include "cli/argument_parts.hpp"

namespace dsn::cli {
namespace {

void add_since(CLI::App& app, std::chrono::milliseconds& since, const char* help) {
  const auto take = [&since](const std::string& text) {
    const auto span = parse_duration(text);
    if (!span) throw CLI::ValidationError("--since", "must be a duration " + span.error());
    since = *span;
  };
  app.add_option_function<std::string>("--since", take, help)->type_name("DURATION");
}

void add_history(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("history", "what a key was, where dsn-record runs");
  auto& history = options_of<HistoryOptions>(*app, chosen);
  app->add_option("NODE", history.node, "its name or id")->required()->type_name("");
  app->add_option("KEY", history.key, "the key")->required()->type_name("");
  add_since(*app, history.since, "how far back, such as 7d (default: 24h)");
  auto* csv = app->add_flag("--csv", history.csv, "time,mean,low,high; a line a point");
  auto* json = app->add_flag("--json", history.json, "a JSON object a point");
  auto* plot = app->add_flag("--plot", history.plot, "a curve");
  csv->excludes(json)->excludes(plot);
  json->excludes(plot);
  app->add_option("--config", history.config, "of dsn-record (default: /etc/dsn/record.yaml)")
      ->type_name("FILE");
  app->footer(
      "Runs dsn-record, a package of its own, which keeps each change for a week, minutes for a\n"
      "quarter and hours for five years; dsn-record(8). No agent is asked.\n\n"
      "Exit codes: 0 ok, 1 dsn-record is not installed, or the file cannot be read, 4 there is no\n"
      "history of this key.");
}

void add_digest(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("digest", "what is not well and what happened, for a daily mail");
  auto& digest = options_of<DigestOptions>(*app, chosen);
  add_since(*app, digest.since, "how far back, such as 7d (default: 24h)");
  app->add_option("--record-config", digest.record_config,
                  "of dsn-record (default: /etc/dsn/record.yaml)")
      ->type_name("FILE");
  add_agent_options(*app, digest.agent);
  app->footer(
      "The first line has it all in short. Then come nodes and readings that are not well, the\n"
      "warnings of this node, nodes whose state changed, and, where dsn-record runs, lowest and\n"
      "highest of each key. docs/alerts.md has the timer for it.");
}

}  // namespace

void add_history_commands(CLI::App& dsn, Chosen& chosen) {
  add_history(dsn, chosen);
  add_digest(dsn, chosen);
}

}  // namespace dsn::cli
