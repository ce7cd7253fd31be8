// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

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

}  // namespace

Result<pid_t> start_child(const ChildCommand& command) {
  std::vector<char*> arguments = {const_cast<char*>(command.name.c_str())};
  for (const std::string& argument : command.arguments) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  std::vector<char*> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  if (!command.variable.empty()) environment.push_back(const_cast<char*>(command.variable.c_str()));
  environment.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(command, arguments.data(), environment.data(), parent);
  if (pid < 0) {
    return Error{fmt::format("cannot start {}: {}", command.program, std::strerror(errno))};
  }
  return pid;
}

std::string own_program() {
  std::array<char, PATH_MAX> path;
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : std::string();
}

Result<std::string> find_agent_program() {
  std::vector<std::string> candidates;
  const std::string own = own_program();
  if (const std::size_t slash = own.rfind('/'); slash != std::string::npos) {
    candidates.push_back(own.substr(0, slash) + "/dsn-agent");
    candidates.push_back(own.substr(0, slash) + "/../agent/dsn-agent");
  }
  const char* search = std::getenv("PATH");
  for (std::string_view rest = search != nullptr ? search : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) candidates.push_back(std::string(rest.substr(0, end)) + "/dsn-agent");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const std::string& candidate : candidates) {
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Error{"dsn-agent is neither beside " + own + " nor in PATH"};
}

}  // namespace dsn::cli
