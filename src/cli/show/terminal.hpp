// SPDX-License-Identifier: Apache-2.0
// Where output goes, and what that place can do.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsn::cli {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Standard output: data goes there and nothing else does.
class Output {
 public:
  /// Looks at standard output, NO_COLOR (https://no-color.org) and TERM.
  Output();

  [[nodiscard]] bool is_terminal() const { return terminal_; }
  [[nodiscard]] bool colour() const { return colour_; }
  [[nodiscard]] static TerminalSize size();

  /// Writes everything at once. After a failure, as when `| head` has seen enough, it writes no
  /// more.
  void write(std::string_view text);
  [[nodiscard]] bool broken() const { return broken_; }
  /// Why; empty if the reader merely went away, which is nobody's mistake.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  bool terminal_ = false;
  bool colour_ = false;
  bool broken_ = false;
  std::string failure_;
};

/// One line to standard error: "dsn-read: MESSAGE".
void complain(std::string_view program, std::string_view message);

/// From now on SIGINT, SIGTERM and SIGHUP only make this true, and interrupt blocking calls.
void catch_stop_signals();
[[nodiscard]] bool stop_requested();

}  // namespace dsn::cli
