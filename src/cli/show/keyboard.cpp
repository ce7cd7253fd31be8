// SPDX-License-Identifier: Apache-2.0
#include "cli/show/keyboard.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

namespace dsn::cli {
namespace {

volatile std::sig_atomic_t suspend_signal = 0;

void handle_suspend(int number) { suspend_signal = number; }
/// A new size needs no more than that waiting ends.
void handle_new_size(int) {}

void catch_signal(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART: poll() shall return
  ::sigaction(number, &action, nullptr);
}

bool in_foreground() {
  return ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

}  // namespace

Screen::Screen(Output& output) : output_(output), keyboard_(in_foreground()) {
  catch_signal(SIGWINCH, handle_new_size);
  if (keyboard_) keyboard_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
  take();
}

Screen::~Screen() {
  give_back();
  output_.write("\r\n");
}

void Screen::take() {
  if (keyboard_) {
    termios at_once = before_;
    at_once.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C and Ctrl-Z stay signals
    at_once.c_cc[VMIN] = 0;
    at_once.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &at_once);
    catch_signal(SIGTSTP, handle_suspend);
  }
  output_.write("\x1b[?25l\x1b[H\x1b[2J");
}

void Screen::give_back() {
  output_.write("\x1b[?25h");
  if (keyboard_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

std::string Screen::typed() const {
  std::string bytes;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  std::array<char, 64> chunk;
  while (keyboard_ && bytes.size() < 4096 && ::poll(&input, 1, 0) > 0) {
    const ssize_t count = ::read(STDIN_FILENO, chunk.data(), chunk.size());
    if (count <= 0) break;
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

void Screen::stop_if_asked() {
  if (suspend_signal == 0) return;
  suspend_signal = 0;
  give_back();
  output_.write("\r\n");
  catch_signal(SIGTSTP, SIG_DFL);
  ::raise(SIGTSTP);
  // Here the job goes on, perhaps in the background: then taking the terminal stops it again.
  take();
}

}  // namespace dsn::cli
