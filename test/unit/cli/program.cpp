// SPDX-License-Identifier: Apache-2.0
#include "unit/cli/program.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/temp_dir.hpp"

namespace dsn::cli {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// The reading end of the program's output, and the end that it writes to.
std::array<int, 2> open_channel(bool terminal, unsigned short columns) {
  std::array<int, 2> ends{-1, -1};
  if (!terminal) {
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    return ends;
  }
  winsize size{};
  size.ws_col = columns;
  size.ws_row = 20;
  EXPECT_EQ(::openpty(&ends[0], &ends[1], nullptr, nullptr, &size), 0);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  return ends;
}

void type(int fd, const std::string& answer) {
  const std::string line = answer == "\x03" ? answer : answer + "\n";
  EXPECT_EQ(::write(fd, line.data(), line.size()), static_cast<ssize_t>(line.size()));
}

bool waits(const std::string& text) { return text.ends_with("] ") || text.ends_with(") "); }

std::string read_all(int fd, pid_t pid, const ProgramRun& run) {
  std::string text;
  std::size_t answered = 0;
  std::array<char, 4096> chunk;
  bool signalled = false;
  // A pseudo-terminal reports its end as EIO.
  for (ssize_t count = 0; (count = ::read(fd, chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (waits(text) && answered < run.answers.size()) type(fd, run.answers[answered++]);
    if (run.until && !signalled && run.until(text)) {
      if (run.stop_with.empty()) {
        ::kill(pid, SIGINT);
      } else {
        EXPECT_GT(::write(fd, run.stop_with.data(), run.stop_with.size()), 0);
      }
      signalled = true;
    }
  }
  return text;
}

/// Of a build for another processor: what comes before a program.
std::vector<std::string> emulator() {
  const char* words = std::getenv("DSN_EMULATOR");
  std::istringstream stream(words != nullptr ? words : "");
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

std::string program_folder() {
  const char* folder = std::getenv("DSN_PROGRAM_FOLDER");
  EXPECT_NE(folder, nullptr) << "run by meson test, or set DSN_PROGRAM_FOLDER";
  return folder != nullptr ? folder : ".";
}

ProgramResult run_program(const ProgramRun& run) {
  const test::TempDir folder;
  const std::string error_file = folder / "stderr";
  const std::string input_file = folder / "stdin";
  std::ofstream(input_file) << run.input;
  std::vector<std::string> arguments = emulator();
  arguments.push_back(program_folder() + "/" + run.arguments.front());
  arguments.insert(arguments.end(), run.arguments.begin() + 1, run.arguments.end());
  std::vector<std::string> environment = run.environment;
  environment.insert(environment.end(), {"PATH=/usr/bin:/bin", "TERM=xterm", "LC_ALL=C.UTF-8"});
  const std::vector<char*> argv = pointers(arguments);
  const std::vector<char*> envp = pointers(environment);
  const std::array<int, 2> channel = open_channel(run.terminal, run.columns);

  const pid_t pid = ::fork();
  if (pid == 0) {
    const int error = ::open(error_file.c_str(), O_WRONLY | O_CREAT, 0600);
    if (run.terminal) {
      ::setsid();
      ::ioctl(channel[1], TIOCSCTTY, 0);  // so that Ctrl-C reaches it
    }
    const int input = run.terminal ? channel[1] : ::open(input_file.c_str(), O_RDONLY);
    ::dup2(input, STDIN_FILENO);
    ::dup2(channel[1], STDOUT_FILENO);
    ::dup2(run.errors_too ? channel[1] : error, STDERR_FILENO);
    ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(126);
  }
  ::close(channel[1]);
  ProgramResult result;
  result.out = read_all(channel[0], pid, run);
  ::close(channel[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  std::ostringstream error;
  error << std::ifstream(error_file).rdbuf();
  result.err = error.str();
  return result;
}

}  // namespace dsn::cli
