// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/duration.hpp"
#include "base/printable.hpp"
#include "config/record_file.hpp"
#include "modules/agent_follower.hpp"
#include "modules/module_program.hpp"
#include "record/history_text.hpp"
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

struct HistoryOptions {
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

Time present() {
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
  Result<void> handle_event(const NodeEvent& event, Client& /*agent*/) override {
    if (event.kind == NodeEvent::Kind::updated && event.reading) {
      recorder_.take(*event.reading, present());
    }
    return {};
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

std::string text_of(const HistoryOptions& options, const Shown& shown) {
  if (options.csv) return csv_text(shown);
  if (options.json) return json_text(shown);
  return options.plot ? plot_text(shown, terminal_width()) : table_text(shown);
}

int show_history(const config::RecordConfig& config, const HistoryOptions& options) {
  const auto since = parse_duration(options.since);
  if (!since) {
    complain("--since must be a duration " + since.error());
    return kExitUsage;
  }
  auto history = History::open_to_read(config.database);
  if (!history) {
    complain(history.error());
    return kExitNotFound;
  }
  auto found = history->read(options.node, options.key, present() - *since);
  if (!found) {
    complain(found.error());
    return found.code() == ErrorCode::not_found ? kExitNotFound : kExitError;
  }
  auto& [grain, points] = *found;
  const Shown shown{grain, std::move(points), history->unit_of(options.node, options.key)};
  const std::string text = text_of(options, shown);
  const bool is_written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return is_written && std::fflush(stdout) == 0 ? 0 : kExitError;
}

int run(const modules::ProgramOptions& options, const HistoryOptions* history) {
  const config::LoadedRecord loaded = config::load_record(options.config);
  if (const auto status = modules::judge(loaded.findings, options, complain)) return *status;
  return history != nullptr ? show_history(loaded.config, *history)
                            : record(loaded.config, options.socket);
}

}  // namespace
}  // namespace dsn::record

int main(int argc, char** argv) {
  using namespace dsn::record;
  std::signal(SIGPIPE, SIG_IGN);
  HistoryOptions history;
  CLI::App app{"A history of readings", "dsn-record"};
  app.footer(kFooter);
  dsn::modules::ProgramOptions options;
  dsn::modules::add_options(app, options, dsn::config::kDefaultRecordFile);
  auto* shown = app.add_subcommand("history", "what a key was");
  shown->add_option("NODE", history.node, "its name or id")->required();
  shown->add_option("KEY", history.key, "the key")->required();
  shown->add_option("--since", history.since, "how far back, such as 24h or 7d")
      ->capture_default_str();
  auto* csv = shown->add_flag("--csv", history.csv, "time,mean,low,high; a line a point");
  auto* json = shown->add_flag("--json", history.json, "a JSON object a point");
  auto* plot = shown->add_flag("--plot", history.plot, "a curve");
  csv->excludes(json)->excludes(plot);
  json->excludes(plot);
  if (const auto status = dsn::modules::parse(app, argc, argv)) return *status;
  return run(options, shown->parsed() ? &history : nullptr);
}
