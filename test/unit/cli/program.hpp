// SPDX-License-Identifier: Apache-2.0
// Runs the real programs, as a shell would, with their output in a pipe or on a pseudo-terminal.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace dsn::cli {

struct ProgramResult {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string out;
  std::string err;
};

/// `arguments[0]` is "dsn" or "dsn-read". `until` sees standard output each time that it grew and
/// ends the program with SIGINT, as Ctrl-C does, by returning true.
struct ProgramRun {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< "NAME=value", beside a few fixed ones
  bool terminal = false;                 ///< of 20 rows, in colour
  std::function<bool(const std::string&)> until;
  /// On a terminal: each is typed, with Return, when the program waits behind a question, "? [Y] "
  /// or the like. "\x03" alone is Ctrl-C.
  std::vector<std::string> answers;
  std::string input;             ///< not on a terminal: what its standard input holds
  std::string stop_with;         ///< typed by `until` instead of the signal
  unsigned short columns = 100;  ///< of the terminal
  bool errors_too = false;       ///< standard error goes to the terminal or pipe, too
};

/// Where the build left the programs; the test is told by DSN_PROGRAM_FOLDER.
std::string program_folder();

ProgramResult run_program(const ProgramRun& run);

}  // namespace dsn::cli
