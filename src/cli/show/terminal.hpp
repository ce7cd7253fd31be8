// SPDX-License-Identifier: Apache-2.0
// Standard output, its terminal if it is one, and signals to stop.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dsn::cli {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Standard output, to which only data is written; messages go to standard error.
class Output {
 public:
  /// Looks at standard output, NO_COLOR (https://no-color.org) and TERM.
  Output();

  [[nodiscard]] bool is_terminal() const { return terminal_; }
  [[nodiscard]] bool colour() const { return colour_; }
  [[nodiscard]] static TerminalSize size();
  /// How wide a table may be: as the terminal; in a pipe as $COLUMNS says, which watch(1) sets; 0:
  /// there is no limit.
  [[nodiscard]] std::size_t columns() const;

  /// Writes text for people: on a terminal its lines are broken at words.
  void say(std::string_view text);
  /// Writes all of the text. After a failure, as when `| head` ended, nothing more is written.
  void write(std::string_view text);
  [[nodiscard]] bool broken() const { return broken_; }
  /// Why writing failed; empty if the reader closed its end, which is no error.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  bool terminal_ = false;
  bool colour_ = false;
  bool broken_ = false;
  std::string failure_;
};

/// Writes text to standard error; on a terminal its lines are broken at words.
void say_to_stderr(std::string_view text);

/// One line to standard error: "dsn-read: MESSAGE", without control characters and without a word
/// that looks like a key. On a terminal it is broken at words.
void complain(std::string_view program, std::string_view message);

/// From now on SIGINT, SIGTERM and SIGHUP only make stop_requested() true and interrupt blocking
/// calls.
void catch_stop_signals();
[[nodiscard]] bool stop_requested();

}  // namespace dsn::cli
