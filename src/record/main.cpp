// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

#include "base/duration.hpp"
#include "base/printable.hpp"
#include "config/record_file.hpp"
#include "history/history.hpp"
#include "history/history_text.hpp"
#include "modules/agent_follower.hpp"
#include "modules/module_program.hpp"
#include "record/recorder.hpp"

namespace dsn::record {
namespace {

using modules::kExitError;
using modules::kExitNotFound;
using modules::kExitUsage;

constexpr char kFooter[] =
    "Writes each change of the readings of all nodes to a file, once a minute. 'dsn-record "
    "history'\n"
    "shows it. Keys of the configuration: dsn-agent.yaml(5).\n\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 an error, 2 a wrong option, 4 there is no history "
    "of\n"
    "this key, 78 a wrong configuration.";

struct ShowOptions {
  std::string node;
  std::string key;
  std::string since = "24h";
  bool csv = false;
  bool json = false;
  bool plot = false;
};

// How late the end of the program may be.
constexpr std::chrono::milliseconds kWait{200};

std::atomic<bool> g_ending{false};

const modules::Complaint complain("dsn-record");

history::Time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 72;
}

/// Gives each change to the recorder, and tells when the agent comes and goes.
class RecordedEvents : public modules::AgentFollower::Listener {
 public:
  explicit RecordedEvents(Recorder& recorder) : recorder_(recorder) {}

  Result<void> begin(Client& /*agent*/) override {
    if (is_lost_) complain("the agent is there again");
    is_lost_ = false;
    return {};
  }
  void handle_event(const NodeEvent& event) override {
    if (event.kind == NodeEvent::Kind::updated && event.reading) {
      recorder_.take(*event.reading, present());
    }
  }
  void lose(const std::string& why) override {
    complain(why);
    is_lost_ = true;
  }

 private:
  Recorder& recorder_;
  bool is_lost_ = false;
};

int record(const config::RecordConfig& config, const std::string& socket) {
  std::signal(SIGTERM, [](int) { g_ending = true; });
  std::signal(SIGINT, [](int) { g_ending = true; });
  Recorder recorder(config, complain);
  RecordedEvents events(recorder);
  modules::AgentFollower follower(socket, "dsn-record", events);
  std::printf("dsn-record: records into %s\n", printable(config.database).c_str());
  std::fflush(stdout);
  while (!g_ending) {
    follower.follow(kWait);
    recorder.handle_time(Recorder::Clock::now(), present());
  }
  recorder.flush(present());
  return recorder.waiting() == 0 ? 0 : kExitError;
}

std::string text_of(const ShowOptions& options, const history::RecordedPoints& answer) {
  if (options.csv) return history::csv_text(answer);
  if (options.json) return history::json_text(answer);
  return options.plot ? history::plot_text(answer, terminal_width()) : history::table_text(answer);
}

/// Writes what `ask` makes of the history since a time.
int show(const config::RecordConfig& config, const ShowOptions& options,
         const std::function<Result<std::string>(history::History&, history::Time)>& ask) {
  const auto since = parse_duration(options.since);
  if (!since) {
    complain("--since must be a duration " + since.error());
    return kExitUsage;
  }
  const auto fail = [](const Error& error) {
    complain(error.message);
    return error.code == ErrorCode::not_found ? kExitNotFound : kExitError;
  };
  auto history = history::History::open_to_read(config.database);
  if (!history) return fail(history.failure());
  const Result<std::string> text = ask(*history, present() - *since);
  if (!text) return fail(text.failure());
  const bool is_written = std::fwrite(text->data(), 1, text->size(), stdout) == text->size();
  return is_written && std::fflush(stdout) == 0 ? 0 : kExitError;
}

int show_history(const config::RecordConfig& config, const ShowOptions& options) {
  return show(config, options,
              [&](history::History& history, history::Time since) -> Result<std::string> {
                const auto answer = history.read(options.node, options.key, since);
                if (!answer) return answer.failure();
                return text_of(options, *answer);
              });
}

int show_ranges(const config::RecordConfig& config, const ShowOptions& options) {
  return show(config, options, [&](history::History& history, history::Time since) {
    return Result<std::string>(history::ranges_text(history.ranges(since)));
  });
}

enum class Command : std::uint8_t { record, history, ranges };

int run(const modules::ProgramOptions& options, Command command, const ShowOptions& history) {
  const config::LoadedRecord loaded = config::load_record(options.config);
  if (const auto status = modules::judge(loaded.findings, options, complain)) return *status;
  switch (command) {
    case Command::record:
      return record(loaded.config, options.socket);
    case Command::history:
      return show_history(loaded.config, history);
    case Command::ranges:
      return show_ranges(loaded.config, history);
  }
  return kExitError;
}

}  // namespace
}  // namespace dsn::record

int main(int argc, char** argv) {
  using namespace dsn::record;
  std::signal(SIGPIPE, SIG_IGN);
  ShowOptions history;
  CLI::App app{"A history of readings", "dsn-record"};
  app.footer(kFooter);
  dsn::modules::ProgramOptions options;
  dsn::modules::add_options(app, options, dsn::config::kDefaultRecordFile);
  auto* shown = app.add_subcommand("history", "what a key was");
  shown->add_option("NODE", history.node, "its name or id")->required();
  shown->add_option("KEY", history.key, "the key")->required();
  auto* ranges = app.add_subcommand("ranges", "lowest and highest of each key; for dsn digest");
  for (CLI::App* command : {shown, ranges}) {
    command->add_option("--since", history.since, "how far back, such as 24h or 7d")
        ->capture_default_str();
  }
  auto* csv = shown->add_flag("--csv", history.csv, "time,mean,low,high; a line a point");
  auto* json = shown->add_flag("--json", history.json, "a JSON object a point");
  auto* plot = shown->add_flag("--plot", history.plot, "a curve");
  csv->excludes(json)->excludes(plot);
  json->excludes(plot);
  if (const auto status = dsn::modules::parse(app, argc, argv)) return *status;
  const Command command = shown->parsed()    ? Command::history
                          : ranges->parsed() ? Command::ranges
                                             : Command::record;
  return run(options, command, history);
}
