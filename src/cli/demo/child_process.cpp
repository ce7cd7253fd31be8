// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "base/descriptor.hpp"

namespace dsn::cli {
namespace {

constexpr int kCannotExecute = 127;

/// In the child, between fork and exec: calls that are safe after fork only.
[[noreturn]] void become(const ChildCommand& command, char* const* arguments,
                         char* const* environment, pid_t parent) {
  // SIGKILL and not SIGTERM, because a frozen node would not see the latter.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotExecute);  // died in between
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (!command.log_file.empty()) {
    // A group of its own: Ctrl-C in the terminal is for us, and we end our children in order.
    ::setpgid(0, 0);
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int log = ::open(command.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (nothing < 0 || log < 0) ::_exit(kCannotExecute);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    if (nothing > STDERR_FILENO) ::close(nothing);
    if (log > STDERR_FILENO) ::close(log);
  }
  ::execve(command.program.c_str(), arguments, environment);
  ::_exit(kCannotExecute);
}

// Those of execv(): they end with a null pointer, and point into the strings.
std::vector<char*> words_of(const std::string& name, const std::vector<std::string>& arguments) {
  std::vector<char*> words = {const_cast<char*>(name.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  return words;
}

std::vector<char*> environment_of(const ChildCommand& command) {
  std::vector<char*> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  if (!command.variable.empty()) variables.push_back(const_cast<char*>(command.variable.c_str()));
  variables.push_back(nullptr);
  return variables;
}

Error cannot_start(const std::string& program, int error) {
  return {fmt::format("cannot start {}: {}", program, std::strerror(error))};
}

}  // namespace

Result<pid_t> start_child(const ChildCommand& command) {
  const std::vector<char*> arguments = words_of(command.name, command.arguments);
  const std::vector<char*> environment = environment_of(command);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(command, arguments.data(), environment.data(), parent);
  if (pid < 0) return cannot_start(command.program, errno);
  return pid;
}

std::string own_program() {
  std::array<char, PATH_MAX> path;
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

Result<std::string> find_program(const std::string& name) {
  std::vector<std::string> candidates;
  const std::string own = own_program();
  if (const std::size_t slash = own.rfind('/'); slash != std::string::npos) {
    const std::string folder = own.substr(0, slash);
    candidates.push_back(folder + "/" + name);
    // dsn-agent is in agent/.
    candidates.push_back(folder + "/../" + name.substr(name.find('-') + 1) + "/" + name);
  }
  const char* search = std::getenv("PATH");
  for (std::string_view rest = search != nullptr ? search : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) candidates.push_back(std::string(rest.substr(0, end)) + "/" + name);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& candidate : candidates) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Error{name + " is neither beside " + own + " nor in PATH", ErrorCode::not_found};
}

Result<std::string> output_of(const std::string& program, std::vector<std::string> arguments) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_start(program, errno);
  const Descriptor output(ends[0]);
  Descriptor input(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.c_str(), &actions, nullptr,
                                  words_of(program, arguments).data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return cannot_start(program, error);
  input.reset();  // else the output never ends
  std::string text;
  std::array<char, 4096> piece{};
  for (ssize_t size = 0; (size = ::read(output.get(), piece.data(), piece.size())) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return text;
  return Error{program + " failed"};
}

Error become_program(const std::string& program, std::vector<std::string> arguments) {
  ::execv(program.c_str(), words_of(program, arguments).data());
  return cannot_start(program, errno);
}

}  // namespace dsn::cli
