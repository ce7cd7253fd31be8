// SPDX-License-Identifier: Apache-2.0
// The command lines of `dsn` and `dsn-read`: what they accept, and their help.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command.hpp"

namespace dsn::cli {

/// One of them was asked for.
using Request =
    std::variant<ReadOptions, NodesOptions, SetOptions, UnsetOptions, StatusOptions, ForgetOptions,
                 LeaveOptions, ReloadOptions, CheckOptions, InitOptions, JoinOptions, KeyNewOptions,
                 KeyInviteOptions, DemoOptions, DemoSignalOptions>;

/// Nothing is left to do: the program ends with this, after saying that.
struct Ended {
  ExitCode code = ExitCode::ok;
  std::string text;  ///< help or version for standard output; a complaint unless code is ok
};

/// `name` is the name that the program was called by: "dsn-read", or else all commands of "dsn".
[[nodiscard]] std::variant<Request, Ended> parse_arguments(const std::string& name,
                                                           std::vector<std::string> arguments);

}  // namespace dsn::cli
