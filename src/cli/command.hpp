// SPDX-License-Identifier: Apache-2.0
// What every command gets, and what it was asked to do. Each command is a function in a file of
// its own that takes its options and returns how the program ends.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/show/terminal.hpp"
#include "config/default_file.hpp"
#include "dsn/client.hpp"

namespace dsn::cli {

struct Context {
  std::string program;  ///< as it was called, for messages
  Output output;
};

/// Which agent to ask.
struct AgentOptions {
  std::string socket;  ///< empty: the usual place
  bool demo = false;   ///< a node of the demo that runs on this machine
};

struct ReadOptions {
  AgentOptions agent;
  ReadQuery query;
  bool json = false;
  bool watch = false;
  bool value_only = false;
  bool no_header = false;
  std::optional<std::chrono::milliseconds> max_age;
};

struct NodesOptions {
  AgentOptions agent;
  bool json = false;
};

struct SetOptions {
  AgentOptions agent;
  std::string key;
  std::string value;
  bool as_text = false;
  std::string unit;
  std::optional<std::chrono::milliseconds> max_age;
};

struct UnsetOptions {
  AgentOptions agent;
  std::vector<std::string> keys;
};

struct StatusOptions {
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

struct ReloadOptions {
  AgentOptions agent;
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

struct InitOptions {
  std::string config = config::kDefaultFile;
  std::string name;         ///< of the node; empty: the host name
  std::string key_file;     ///< empty: a new key
  std::string system_root;  ///< stands before /proc, /sys and /etc/machine-id
  bool yes = false;         ///< ask nothing
};

/// As init, with a key that somebody brings.
struct JoinOptions {
  InitOptions init;
};

struct DemoOptions {
  int nodes = 3;
  bool watch = false;
};

struct DemoSignalOptions {
  enum class Action { kill, freeze, thaw };
  Action action = Action::kill;
  std::string node;
};

ExitCode run_read(Context& context, const ReadOptions& options);
ExitCode run_watch(Context& context, const ReadOptions& options, const std::string& socket);
ExitCode run_nodes(Context& context, const NodesOptions& options);
ExitCode run_set(Context& context, const SetOptions& options);
ExitCode run_unset(Context& context, const UnsetOptions& options);
ExitCode run_status(Context& context, const StatusOptions& options);
ExitCode run_forget(Context& context, const ForgetOptions& options);
ExitCode run_leave(Context& context, const LeaveOptions& options);
ExitCode run_reload(Context& context, const ReloadOptions& options);
ExitCode run_check(Context& context, const CheckOptions& options);
ExitCode run_key_new(Context& context, const KeyNewOptions& options);
ExitCode run_key_invite(Context& context, const KeyInviteOptions& options);
ExitCode run_init(Context& context, const InitOptions& options);
ExitCode run_join(Context& context, const JoinOptions& options);
ExitCode run_demo(Context& context, const DemoOptions& options);
ExitCode run_demo_signal(Context& context, const DemoSignalOptions& options);

/// The socket that the options mean. Nothing, after a complaint, if there is no demo.
[[nodiscard]] std::optional<std::string> socket_of(const Context& context,
                                                   const AgentOptions& options);

/// A connection, or nothing after a complaint that says which socket was tried and what to do.
[[nodiscard]] std::optional<Client> connect(const Context& context, const std::string& socket);

/// Complains about a failed call: ExitCode::unreachable if the connection broke, else error.
[[nodiscard]] ExitCode failed(const Context& context, const Client& client,
                              const std::string& message);

/// How a program ends that wrote everything it had to say: only a full disk or the like spoils it.
[[nodiscard]] ExitCode written(const Context& context, ExitCode code = ExitCode::ok);

}  // namespace dsn::cli
