// SPDX-License-Identifier: Apache-2.0
#include "cli/show/prompt.hpp"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
namespace dsn::cli {
namespace {

constexpr std::size_t kAnswerSizeMax = 256;

/// The terminal shows what is typed again when this ends.
class NoEcho {
 public:
  NoEcho() : changed_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!changed_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }

 private:
  termios before_{};
  bool changed_ = false;
};

/// One byte, so that nothing behind the line is taken from whoever reads on; nothing at the end.
std::optional<char> read_byte() {
  char c = 0;
  while (!stop_requested()) {
    const ssize_t count = ::read(STDIN_FILENO, &c, 1);
    if (count > 0) return c;
    if (count == 0 || errno != EINTR) break;
  }
  return std::nullopt;
}

}  // namespace

bool can_ask() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

std::optional<std::string> read_answer() {
  std::string line;
  for (auto c = read_byte(); c != '\n'; c = read_byte()) {
    if (!c) return std::nullopt;
    if (line.size() < kAnswerSizeMax) line += *c;
  }
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

bool read_secret(Output& output, std::string_view question, crypto::SecretText& line,
                 std::size_t size_max) {
  const NoEcho no_echo;
  output.say(question);
  bool fits = true;
  for (auto c = read_byte(); c != '\n'; c = read_byte()) {
    if (c) {
      fits = fits && line.view().size() < size_max;
      if (fits) line.append({&*c, 1});
      continue;
    }
    // Nothing that was typed is shown, Ctrl-C neither: what follows begins a line of its own.
    if (output.is_terminal()) output.write("\n");
    return fits && !line.view().empty() && !stop_requested();
  }
  return fits;
}

}  // namespace dsn::cli
