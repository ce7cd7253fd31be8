// SPDX-License-Identifier: Apache-2.0
// The command lines of the commands that look at readings and nodes.
#include <string>
#include <vector>

#include "base/suggest.hpp"
#include "cli/argument_parts.hpp"
#include "local/json/words.hpp"

namespace dsn::cli {
namespace {

constexpr const char* kReadNotes =
    "On a terminal the readings are a table with a summary. Otherwise each is a line of fields\n"
    "separated by tabs, in this order, with nothing cut:\n"
    "  node  key  value  unit  age in ms  status\n"
    "where tabs, line feeds and backslashes inside of a field are \\t, \\n and \\\\, and other\n"
    "characters that cannot be seen are \\x1b or \\u202e. Status is one of\n"
    "  ok         younger than its maximum age\n"
    "  late       older than its maximum age\n"
    "  node late  its node was not heard when it should\n"
    "  node gone  its node is lost or has left; the value is the last one that was heard\n"
    "  error: ... the sensor failed, for this reason; the value is the last good one\n"
    "  conflict   its name belongs to another node (dsn nodes tells which)\n"
    "  stale      neither written nor read for long, so that its owner does not share it any more\n"
    "  on demand  the value is not here: dsn-read NODE KEY fetches it\n"
    "  removed    with --watch: the key is no longer there, or no longer of that status\n"
    "With --json each line is an object as in docs/local-api.md, with --csv it has the fields\n"
    "  node,key,value,unit,age_ms,max_age_ms,status\n"
    "--senml is RFC 8428 with times relative to now. --prom is for the textfile collector of the\n"
    "Prometheus node exporter, with values that can be trusted only:\n"
    "  dsn-read --prom > dsn.prom.$$ && mv dsn.prom.$$ /var/lib/prometheus/node-exporter/dsn.prom\n"
    "\n"
    "In a pattern, * is any text, ? one byte and [...] one of several; it stands in quotes.\n"
    "States are self, live, late, gone, restarting, left. --state and --status may be repeated.\n\n"
    "Examples:\n"
    "  dsn-read                                       everything\n"
    "  dsn-read attic room/temperature --value        21.4\n"
    "  dsn-read attic --watch                         a live picture\n"
    "  dsn-read 'sensor_*' 'room/*'                   what fits these patterns\n"
    "  dsn-read '*' temperature                       one key of every node\n"
    "  dsn-read --bad                                 what is wrong\n"
    "  dsn-read '*' battery --below 20 --value        which are nearly empty\n"
    "  dsn-read attic boiler --max-age 30s || alarm   exit code 3 unless fresh and ok\n";

/// An option that may be repeated, with a word of an enumeration each.
template <typename Enum>
void add_words(CLI::App& app, const char* name, std::vector<Enum>& target, const char* help) {
  const auto take = [&target, name](const std::vector<std::string>& words) {
    for (const std::string& word : words) {
      const auto found = local::kWords<Enum>.find(word);
      if (!found) throw CLI::ValidationError(name, no_such_word(word, local::kWords<Enum>.words()));
      target.push_back(*found);
    }
  };
  app.add_option_function<std::vector<std::string>>(name, take, help)
      ->type_name("WORD")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// Formats, of which one may be asked for.
void add_formats(CLI::App& app, ReadFormat& format) {
  struct Word {
    const char* option;
    ReadFormat format;
    const char* help;
  };
  std::vector<CLI::Option*> others;
  for (const Word& word :
       {Word{"--json", ReadFormat::json, "a JSON object per line"},
        Word{"--csv", ReadFormat::csv, "comma-separated values, with a line of titles"},
        Word{"--senml", ReadFormat::senml, "one SenML pack (RFC 8428)"},
        Word{"--prom", ReadFormat::prom, "metrics for Prometheus"},
        Word{"--table", ReadFormat::table,
             "the table also in a pipe, $COLUMNS wide if that is set"},
        Word{"--value", ReadFormat::value,
             "the bare value, raw in a pipe; a doubtful status goes to stderr"}}) {
    auto* option = app.add_flag_callback(
        word.option, [&format, chosen = word.format] { format = chosen; }, word.help);
    for (CLI::Option* other : others) option->excludes(other);
    others.push_back(option);
  }
}

void add_limits(CLI::App& app, ReadOptions& read) {
  add_duration(app, "--max-age", read.max_age,
               "exit with 3 if a reading is older than this, or not ok");
  app.add_option("--below", read.below, "numbers below this only; exit with 8 if there are none")
      ->type_name("NUMBER");
  app.add_option("--above", read.above, "numbers above this only; exit with 8 if there are none")
      ->type_name("NUMBER");
  app.add_flag("--any-age", read.any_age, "take late, gone and failed readings for good ones");
}

}  // namespace

void add_read_options(CLI::App& app, Chosen& chosen) {
  auto& read = options_of<ReadOptions>(app, chosen);
  app.add_option("NODE", read.query.node, "readings of this node only, or a pattern")
      ->type_name("");
  app.add_option("KEY", read.query.key, "this reading only, or a pattern")->type_name("");
  app.add_option("--database", read.query.database, "keys that begin with NAME/ (or a pattern)")
      ->type_name("NAME");
  add_words(app, "--state", read.query.states, "of nodes in this state, such as gone");
  add_words(app, "--status", read.query.statuses, "readings of this status, such as late");
  app.add_flag("--bad", read.bad, "what is not well only: late, gone, failed or doubtful")
      ->excludes(app.get_option("--status"));
  auto* watch = app.add_flag("-w,--watch", read.watch,
                             "go on: a picture that is kept up to date, or a line per change");
  add_formats(app, read.format);
  add_limits(app, read);
  app.add_flag("--fresh", read.fresh, "let the sensor of NODE KEY measure first")->excludes(watch);
  for (const char* name : {"--senml", "--prom", "--table", "--below", "--above"}) {
    watch->excludes(app.get_option(name));
  }
  app.add_flag("--no-header", read.no_header, "table and CSV without titles and summary");
  add_agent_options(app, read.agent);
  app.footer(std::string(kReadNotes) + "\n" + kExitCodes);
}

namespace {

void add_nodes(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("nodes", "the nodes of the network and how well they are heard");
  auto& nodes = options_of<NodesOptions>(*app, chosen);
  add_words(*app, "--state", nodes.states, "nodes in this state, such as gone");
  app->add_flag("--bad", nodes.bad, "what is not well only: late, gone or in conflict");
  auto* json = app->add_flag("--json", nodes.json, "a JSON object per line");
  auto* table = app->add_flag("--table", nodes.table, "the table also in a pipe");
  table->excludes(json);
  app->add_flag("-w,--watch", nodes.watch, "go on, as dsn top")->excludes(json)->excludes(table);
  app->add_flag("--modules", nodes.modules, "the programs at this agent that said who they are");
  add_agent_options(*app, nodes.agent);
  app->footer(
      "Fields when not on a terminal, separated by tabs:\n"
      "  node  state  heard ms ago  round trip in us  loss (0 to 1)  via  address  keys  id\n"
      "  ms in that state  conflict or nothing  reason  role (node or observer)\n"
      "With --modules, a line for each connection:\n"
      "  name  version  pid  user  what it does\n\n"
      "States: self (this node), live, late (silent, being asked), gone (did not answer),\n"
      "restarting (said that it will be back), asleep (said when it will be back), left (said\n"
      "good-bye). A node whose name belongs\n"
      "to another one is shown with four digits of its id, as attic~9ea6.");
}

void add_top(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("top", "the nodes and their readings, kept up to date, with keys");
  auto& top = options_of<TopOptions>(*app, chosen);
  app->add_flag("--bad", top.bad, "begin with what is not well only");
  add_agent_options(*app, top.agent);
  app->footer(
      "Keys, which dsn-read --watch has too:\n"
      "  arrows, PgUp, PgDn, Home, End   move\n"
      "  Enter    the page of a node: its readings with their trend and maximum age; Esc goes "
      "back\n"
      "  Tab      all readings instead of the nodes, and back\n"
      "  b        only what is not well\n"
      "  / n      search, and search on\n"
      "  f        only rows with a text\n"
      "  s        trouble first, by name, oldest first\n"
      "  q        end; Ctrl-Z stops it until fg");
}

void add_wait(CLI::App& dsn, Chosen& chosen) {
  auto* app = dsn.add_subcommand("wait", "until a reading is as it should be");
  auto& wait = options_of<WaitOptions>(*app, chosen);
  app->add_option("NODE/KEY", wait.reading, "such as shed/door")->required()->type_name("");
  app->add_option("CONDITION", wait.condition, "such as '== open' or '< 5'")
      ->required()
      ->expected(1, 2)
      ->type_name("");
  add_duration(*app, "--for", wait.hold, "it has to be so for this time without a break");
  add_duration(*app, "--timeout", wait.timeout, "give up after this time: exit code 3");
  add_agent_options(*app, wait.agent);
  app->footer(
      "Signs are ==, !=, <, <=, > and >=. A reading that is late, gone or failed fulfils nothing.\n"
      "Neither does one that is not there; it is waited for, also while no agent answers.\n\n"
      "Examples:\n"
      "  dsn wait shed/door '== open' --for 10s && alarm\n"
      "  dsn wait attic/boiler '> 60' --timeout 20m || echo 'it stays cold'");
}

}  // namespace

void add_look_commands(CLI::App& dsn, Chosen& chosen) {
  add_read_options(*dsn.add_subcommand("read", "readings of any node; the same as dsn-read"),
                   chosen);
  add_nodes(dsn, chosen);
  add_top(dsn, chosen);
  add_wait(dsn, chosen);
}

}  // namespace dsn::cli
