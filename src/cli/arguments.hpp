// SPDX-License-Identifier: Apache-2.0
// The command lines of `dsn` and `dsn-read`: what they accept, and their help.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command.hpp"

namespace dsn::cli {

/// What the command line asks for: the options of one command.
using Request =
    std::variant<ReadOptions, WaitOptions, NodesOptions, TopOptions, SetOptions, UnsetOptions,
                 SendOptions, ListenOptions, ReplyOptions, StatusOptions, DoctorOptions,
                 HistoryOptions, DigestOptions, ForgetOptions, LeaveOptions, SleepOptions,
                 ReloadOptions, CheckOptions, InitOptions, JoinOptions, ScanOptions, KeyNewOptions,
                 KeyInviteOptions, KeyRotateOptions, KeyStatusOptions, KeyExportOptions,
                 KeyImportOptions, DemoOptions, DemoSignalOptions>;

/// The program ends at once with `code`, after it wrote `text`.
struct Ended {
  ExitCode code = ExitCode::ok;
  std::string text;   ///< with ok: help or version, for standard output; else a complaint
  bool help = false;  ///< the complaint is the help, of several lines
};

/// `name` is the name that the program was called by: "dsn-read", or else all commands of "dsn".
[[nodiscard]] std::variant<Request, Ended> parse_arguments(const std::string& name,
                                                           std::vector<std::string> arguments);

}  // namespace dsn::cli
