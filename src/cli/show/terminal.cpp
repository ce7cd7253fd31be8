// SPDX-License-Identifier: Apache-2.0
#include "cli/show/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "base/environment.hpp"
#include "base/hide_keys.hpp"
#include "base/printable.hpp"
#include "cli/show/display_text.hpp"

namespace dsn::cli {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

void handle_stop_signal(int number) { stop_signal = number; }

TerminalSize size_of(int terminal) {
  TerminalSize size;
  winsize kernel{};
  if (::ioctl(terminal, TIOCGWINSZ, &kernel) == 0 && kernel.ws_col > 0 && kernel.ws_row > 0) {
    size.columns = kernel.ws_col;
    size.rows = kernel.ws_row;
  }
  return size;
}

}  // namespace

Output::Output() : terminal_(::isatty(STDOUT_FILENO) == 1) {
  const char* type = std::getenv("TERM");
  const bool dumb = type == nullptr || std::strcmp(type, "dumb") == 0;
  colour_ = terminal_ && !dumb && environment("NO_COLOR").empty();
}

TerminalSize Output::size() { return size_of(STDOUT_FILENO); }

std::size_t Output::columns() const {
  if (terminal_) return size().columns;
  const std::string text = environment("COLUMNS");
  std::size_t columns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
  return error == std::errc() && end == text.data() + text.size() ? columns : 0;
}

void Output::say(std::string_view text) {
  if (terminal_) return write(wrap_lines(text, size().columns));
  write(text);
}

void Output::write(std::string_view text) {
  while (!text.empty() && !broken_) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      broken_ = true;
      if (errno != EPIPE) failure_ = fmt::format("cannot write: {}", std::strerror(errno));
    }
  }
}

void say_to_stderr(std::string_view text) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const std::string lines =
      terminal ? wrap_lines(text, size_of(STDERR_FILENO).columns) : std::string(text);
  std::fwrite(lines.data(), 1, lines.size(), stderr);
}

void complain(std::string_view program, std::string_view message) {
  say_to_stderr(fmt::format("{}: {}\n", program, hide_keys(printable(message))));
}

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = handle_stop_signal;  // without SA_RESTART: poll() shall return
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

bool stop_requested() { return stop_signal != 0; }

}  // namespace dsn::cli
