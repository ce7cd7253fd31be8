// SPDX-License-Identifier: Apache-2.0
#include "cli/show/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/environment.hpp"
#include "base/hide_keys.hpp"
#include "base/printable.hpp"

namespace dsn::cli {
namespace {

volatile std::sig_atomic_t stop_signal = 0;

void handle_stop_signal(int number) { stop_signal = number; }

}  // namespace

Output::Output() : terminal_(::isatty(STDOUT_FILENO) == 1) {
  const char* type = std::getenv("TERM");
  const bool dumb = type == nullptr || std::strcmp(type, "dumb") == 0;
  colour_ = terminal_ && !dumb && environment("NO_COLOR").empty();
}

TerminalSize Output::size() {
  TerminalSize size;
  winsize kernel{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &kernel) == 0 && kernel.ws_col > 0 && kernel.ws_row > 0) {
    size.columns = kernel.ws_col;
    size.rows = kernel.ws_row;
  }
  return size;
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

void complain(std::string_view program, std::string_view message) {
  const std::string line = fmt::format("{}: {}\n", program, hide_keys(printable(message)));
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = handle_stop_signal;  // without SA_RESTART: poll() shall return
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

bool stop_requested() { return stop_signal != 0; }

}  // namespace dsn::cli
