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

/// `dsn-agent` beside our own program, in the folder where the build leaves it, or in PATH.
Result<std::string> find_agent_program();

/// The path of our own program.
[[nodiscard]] std::string own_program();

}  // namespace dsn::cli
