// SPDX-License-Identifier: Apache-2.0
// What every command gets, and its options. Each command is an overload of run() in a file of its
// own, which takes its options and returns the exit code of the program.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/show/browser.hpp"
#include "cli/show/table.hpp"
#include "cli/show/terminal.hpp"
#include "config/default_file.hpp"
#include "dsn/client.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {

struct Context {
  std::string program;  ///< the name by which it was called, for messages
  Output output;
};

/// Which agent to ask.
struct AgentOptions {
  std::string socket;  ///< empty: the usual place
  bool demo = false;   ///< ask a node of the demo that runs on this machine
};

/// How readings are written.
enum class ReadFormat {
  usual,  ///< a table on a terminal, else fields separated by tabs
  table,
  json,
  value,
  csv,
  senml,
  prom,
};

struct ReadOptions {
  AgentOptions agent;
  ReadQuery query;
  ReadFormat format = ReadFormat::usual;
  bool fresh = false;  ///< the sensor measures first
  bool bad = false;    ///< only what is not well
  bool watch = false;
  bool no_header = false;
  bool any_age = false;  ///< the exit code does not tell of a doubtful value
  std::optional<std::chrono::milliseconds> max_age;
  std::optional<double> below;
  std::optional<double> above;
};

struct WaitOptions {
  AgentOptions agent;
  std::string reading;                 ///< NODE/KEY
  std::vector<std::string> condition;  ///< "== open", in one word or two
  std::optional<std::chrono::milliseconds> hold;
  std::optional<std::chrono::milliseconds> timeout;
};

/// `dsn top`, and `dsn nodes --watch`.
struct TopOptions {
  AgentOptions agent;
  bool bad = false;  ///< only what is not well, to begin with
};

struct NodesOptions {
  AgentOptions agent;
  std::vector<NodeState> states;  ///< only nodes in one of these; none: all
  bool json = false;
  bool table = false;    ///< also in a pipe
  bool bad = false;      ///< only those that are not well
  bool watch = false;    ///< as dsn top
  bool modules = false;  ///< the programs of this node instead
};

struct SetOptions {
  AgentOptions agent;
  std::string key;
  std::vector<std::string> values;  ///< one, or it is said what is wrong
  bool as_text = false;
  std::string unit;
  std::optional<std::chrono::milliseconds> max_age;
  std::optional<std::chrono::milliseconds> ttl;
  bool hold = false;
  bool keep = false;
  std::string as;
  std::string device_class;
  std::optional<std::uint32_t> precision;
};

struct UnsetOptions {
  AgentOptions agent;
  std::vector<std::string> keys;
};

struct SendOptions {
  AgentOptions agent;
  std::string node;
  bool to_all = false;  ///< emit
  std::string name;
  std::optional<std::string> payload;
  bool as_text = false;
  std::string file;  ///< "-": standard input
  std::optional<std::chrono::milliseconds> timeout;
  bool wants_reply = false;
  bool json = false;
};

struct ListenOptions {
  AgentOptions agent;
  std::vector<std::string> names;
  bool json = false;
  std::optional<std::uint64_t> count;  ///< end after so many
};

struct ReplyOptions {
  AgentOptions agent;
  std::string ask;
  std::optional<std::string> payload;
  bool as_text = false;
  std::string file;
  std::string failure;
};

struct StatusOptions {
  AgentOptions agent;
  bool json = false;
  bool counters = false;  ///< all, not only those that tell of trouble
};

struct DoctorOptions {
  AgentOptions agent;
  bool json = false;
};

struct ForgetOptions {
  AgentOptions agent;
  std::string node;
};

struct LeaveOptions {
  AgentOptions agent;
};

struct SleepOptions {
  AgentOptions agent;
  std::optional<std::chrono::milliseconds> silence;  ///< required
};

struct ReloadOptions {
  AgentOptions agent;
};

/// For dsn-record, which does it.
struct HistoryOptions {
  std::string node;
  std::string key;
  std::string config;  ///< of dsn-record; empty: its usual one
  std::chrono::milliseconds since = std::chrono::hours(24);
  bool csv = false;
  bool json = false;
  bool plot = false;
};

struct DigestOptions {
  AgentOptions agent;
  std::string record_config;  ///< of dsn-record; empty: its usual one
  std::chrono::milliseconds since = std::chrono::hours(24);
};

struct CheckOptions {
  std::string file = config::kDefaultFile;
  std::string system_root;  ///< stands before /proc and /sys
  bool no_read = false;
  bool json = false;
  bool schema = false;
};

struct KeyNewOptions {
  std::string out;  ///< empty: the usual place
};

struct KeyInviteOptions {
  std::string config = config::kDefaultFile;
};

struct KeyRotateOptions {
  AgentOptions agent;
  std::string config = config::kDefaultFile;
  std::string authority;             ///< its file; empty: beside the key file
  std::vector<std::string> without;  ///< nodes that are put out
  bool now = false;                  ///< former keys are dropped at once
};

struct KeyStatusOptions {
  AgentOptions agent;
};

struct KeyExportOptions {
  std::string config = config::kDefaultFile;
  std::string file;
};

struct KeyImportOptions {
  std::string config = config::kDefaultFile;
  std::string file;
};

struct InitOptions {
  std::string config = config::kDefaultFile;
  std::string name;         ///< of the node; empty: the host name
  std::string key_file;     ///< empty: a new key
  std::string system_root;  ///< stands before /proc, /sys and /etc/machine-id
  bool yes = false;         ///< ask nothing
  bool add = false;         ///< only sensors that the configuration does not know
};

struct ScanOptions {
  std::string config = config::kDefaultFile;
  std::string system_root;  ///< stands before /proc and /sys
};

/// As init, with the key of a network that exists already.
struct JoinOptions {
  InitOptions init;
  bool replace = false;  ///< move a node that is set up into this network
  std::string key_file;  ///< with `replace`: has the key; empty: an invite is asked for
};

struct DemoOptions {
  int nodes = 3;
  bool watch = false;
  bool web = false;  ///< with dsn-web
};

struct DemoSignalOptions {
  enum class Action { kill, freeze, thaw, restart, clone, clock };
  Action action = Action::kill;
  std::string node;
};

ExitCode run(Context& context, const ReadOptions& options);
ExitCode run(Context& context, const WaitOptions& options);
ExitCode run(Context& context, const TopOptions& options);
ExitCode run(Context& context, const NodesOptions& options);
ExitCode run(Context& context, const SetOptions& options);
ExitCode run(Context& context, const UnsetOptions& options);
ExitCode run(Context& context, const SendOptions& options);
ExitCode run(Context& context, const ListenOptions& options);
ExitCode run(Context& context, const ReplyOptions& options);
ExitCode run(Context& context, const StatusOptions& options);
ExitCode run(Context& context, const DoctorOptions& options);
ExitCode run(Context& context, const HistoryOptions& options);
ExitCode run(Context& context, const DigestOptions& options);
ExitCode run(Context& context, const ForgetOptions& options);
ExitCode run(Context& context, const KeyRotateOptions& options);
ExitCode run(Context& context, const KeyStatusOptions& options);
ExitCode run(Context& context, const KeyExportOptions& options);
ExitCode run(Context& context, const KeyImportOptions& options);
ExitCode run(Context& context, const LeaveOptions& options);
ExitCode run(Context& context, const SleepOptions& options);
ExitCode run(Context& context, const ReloadOptions& options);
ExitCode run(Context& context, const CheckOptions& options);
ExitCode run(Context& context, const KeyNewOptions& options);
ExitCode run(Context& context, const KeyInviteOptions& options);
ExitCode run(Context& context, const InitOptions& options);
ExitCode run(Context& context, const JoinOptions& options);
ExitCode run(Context& context, const ScanOptions& options);

/// `dsn join --replace`: puts another network's key into the place of that of this node.
ExitCode run_replace(Context& context, const JoinOptions& options);

/// `dsn init --add`: writes what was found and is not known yet into a file of conf.d.
ExitCode run_add(Context& context, const InitOptions& options);
ExitCode run(Context& context, const DemoOptions& options);
ExitCode run(Context& context, const DemoSignalOptions& options);

/// `dsn read --watch`: goes on until a signal stops it.
ExitCode run_watch(Context& context, const ReadOptions& options);

/// A picture that is kept up to date, until a signal or a key ends it. It begins with this view.
ExitCode run_screen(Context& context, const ReadOptions& options, const std::string& socket,
                    ScreenView view);

/// A reading that is older than `max_age` counts as late.
void apply_max_age(std::chrono::milliseconds max_age, std::vector<Reading>& readings);

/// How the tables of this output look.
[[nodiscard]] TableStyle table_style(const Context& context, bool titles = true);

/// Applies --max-age, --bad, --below and --above: readings that get older are late, and those that
/// were not asked for are left out.
void apply(const ReadOptions& options, std::vector<Reading>& readings);

/// A reading as it goes into a pipe, with its line feed.
[[nodiscard]] std::string value_line(const Context& context, const Reading& reading);
[[nodiscard]] std::string reading_line(ReadFormat format, const Reading& reading,
                                       const local::WallClock& clock);

/// The socket that the options mean. Nothing, after a complaint, if there is no demo.
[[nodiscard]] std::optional<std::string> socket_of(const Context& context,
                                                   const AgentOptions& options);

/// Connects to the agent that the options mean, and lets `ask` use the connection. Complains if
/// there is no agent, and of an error of `ask`; ExitCode::unreachable then says that the agent is
/// not there or went away.
[[nodiscard]] ExitCode with_agent(const Context& context, const AgentOptions& options,
                                  const std::function<Result<ExitCode>(Client&)>& ask);

/// The exit code of a program that wrote all of its output: `code`, unless writing failed, as on a
/// full disk.
[[nodiscard]] ExitCode written(const Context& context, ExitCode code = ExitCode::ok);

}  // namespace dsn::cli
