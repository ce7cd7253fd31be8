// SPDX-License-Identifier: Apache-2.0
// Processes that a demo starts, and that never outlive it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "dsn/result.hpp"

namespace dsn::cli {

struct ChildCommand {
  std::string program;                 ///< a path
  std::vector<std::string> arguments;  ///< without the name of the program
  std::string name;                    ///< argv[0]
  /// Beside our own environment: "NAME=value", or empty.
  std::string variable{};
  std::string log_file;  ///< for its output; empty: it shares our terminal and process group
};

/// Starts a child that the kernel kills when we die, however that happens.
Result<pid_t> start_child(const ChildCommand& command);

/// A program of DSN, such as `dsn-agent`: beside our own program, in the folder where the build
/// leaves it, or in PATH.
Result<std::string> find_program(const std::string& name);

/// What the program, given by its path, writes to standard output until it ends, which we wait for.
/// Its complaints go where ours do. An Error if it does not end with 0.
Result<std::string> output_of(const std::string& program, std::vector<std::string> arguments);

/// Becomes the program, given by its path; returns only to say why not.
[[nodiscard]] Error become_program(const std::string& program, std::vector<std::string> arguments);

/// The path of our own program.
[[nodiscard]] std::string own_program();

}  // namespace dsn::cli
