// SPDX-License-Identifier: Apache-2.0
// What a command prints on terminals of 40, 80 and 120 columns and in a pipe, compared with a file
// of test/data/cli. With DSN_WRITE_GOLDEN in the environment the files are written anew.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace dsn::cli {

struct GoldenCall {
  std::vector<std::string> arguments;
  std::vector<std::string> environment{};  ///< "NAME=value"
  /// Before each of the four runs, of which the first is that in a pipe.
  std::function<void()> before{};
  std::vector<std::string> answers{};  ///< typed on terminals
  std::string input{};                 ///< in the pipe
  /// Ctrl-C once it is true of what was printed.
  std::function<bool(const std::string&)> until{};
  /// What differs from run to run is replaced by what does not. It keeps the lengths.
  std::function<std::string(std::string)> mask{};
  bool fits = true;  ///< no line is longer than the terminal is wide
};

void expect_golden(const std::string& name, const GoldenCall& call);

}  // namespace dsn::cli
