// SPDX-License-Identifier: Apache-2.0
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <string>

#include "base/duration.hpp"
#include "base/printable.hpp"
#include "config/record_file.hpp"
#include "dsn/client.hpp"
#include "dsn/version.hpp"
#include "record/agent_listener.hpp"
#include "record/history_text.hpp"
#include "record/recorder.hpp"

namespace dsn::record {
namespace {

constexpr int kExitError = 1;
constexpr int kExitUsage = 2;
constexpr int kExitNotFound = 4;
constexpr int kExitConfiguration = 78;  // EX_CONFIG: the service manager does not try again

constexpr char kFooter[] =
    "Writes each change of the readings of all nodes to a file, once a minute. 'dsn-record "
    "history'\n"
    "shows it. Keys of the configuration: dsn-agent.yaml(5).\n\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 an error, 2 a wrong option, 4 there is no history "
    "of\n"
    "this key, 78 a wrong configuration.";

struct RecordOptions {
  std::string config = config::kDefaultRecordFile;
  std::string socket = default_socket_path();
  bool check = false;
};

struct HistoryOptions {
  std::string node;
  std::string key;
  std::string since = "24h";
  bool csv = false;
  bool json = false;
  bool plot = false;
};

std::atomic<bool> g_ending{false};

void complain(const std::string& message) {
  std::fprintf(stderr, "dsn-record: %s\n", printable(message).c_str());
}

Time present() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 72;
}

int record(const config::RecordConfig& config, const std::string& socket) {
  std::signal(SIGTERM, [](int) { g_ending = true; });
  std::signal(SIGINT, [](int) { g_ending = true; });
  Recorder recorder(config, complain);
  AgentListener listener(socket, recorder, complain);
  std::printf("dsn-record: records into %s\n", printable(config.database).c_str());
  std::fflush(stdout);
  while (!g_ending) listener.listen();
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

int run(const RecordOptions& options, const HistoryOptions* history) {
  const config::LoadedRecord loaded = config::load_record(options.config);
  for (const config::Finding& error : loaded.findings.errors) complain(error.to_string());
  if (!loaded.findings.errors.empty()) return kExitConfiguration;
  if (options.check) {
    std::printf("%s: no errors\n", loaded.config.file.c_str());
    return 0;
  }
  return history != nullptr ? show_history(loaded.config, *history)
                            : record(loaded.config, options.socket);
}

}  // namespace
}  // namespace dsn::record

int main(int argc, char** argv) {
  using namespace dsn::record;
  std::signal(SIGPIPE, SIG_IGN);
  RecordOptions options;
  HistoryOptions history;
  CLI::App app{"A history of readings", "dsn-record"};
  app.footer(kFooter);
  app.add_option("-c,--config", options.config, "the configuration")->capture_default_str();
  app.add_option("-s,--socket", options.socket, "the socket of the agent")->capture_default_str();
  app.add_flag("--check", options.check, "say what is wrong with the configuration, and end");
  app.set_version_flag("-V,--version", std::string("dsn-record ") + dsn::kVersion);
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return run(options, shown->parsed() ? &history : nullptr);
}
