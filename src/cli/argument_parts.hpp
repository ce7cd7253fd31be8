// SPDX-License-Identifier: Apache-2.0
// What the options of the commands have in common.
#pragma once

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "cli/arguments.hpp"

namespace dsn::cli {

/// What was asked for; set while the command line is parsed.
using Chosen = std::optional<Request>;

/// The options of a command. They become the request if the command line has this command.
template <typename Options>
Options& options_of(CLI::App& app, Chosen& chosen) {
  const auto options = std::make_shared<Options>();
  app.final_callback([&chosen, options] {
    if (!chosen) chosen = *options;  // not so if a command below this one was chosen
  });
  return *options;
}

/// The sentence of an option whose default is the configuration file.
[[nodiscard]] std::string or_default_file(const char* meaning);

CLI::Option* add_duration(CLI::App& app, const char* name,
                          std::optional<std::chrono::milliseconds>& target, const char* help);
void add_agent_options(CLI::App& app, AgentOptions& agent);

/// What the exit codes mean, for the help of a program.
inline constexpr const char* kExitCodes =
    "Exit codes: 0 ok, 1 error, 2 usage, 3 a reading is not to be trusted (--max-age, --value of\n"
    "            one key), 4 unknown node or key, 5 no agent answers, 6 a message that nobody\n"
    "            took, 7 one without an answer, 8 no reading is --below or --above,\n"
    "            78 configuration";

void add_read_options(CLI::App& app, Chosen& chosen);

/// read, nodes and wait.
void add_look_commands(CLI::App& dsn, Chosen& chosen);

/// Adds an example to the help of each command.
void add_examples(CLI::App& dsn);

/// send, ask, emit, listen and reply.
void add_message_commands(CLI::App& dsn, Chosen& chosen);
void add_key_commands(CLI::App& dsn, Chosen& chosen);

/// history and digest.
void add_history_commands(CLI::App& dsn, Chosen& chosen);

}  // namespace dsn::cli
