// SPDX-License-Identifier: Apache-2.0
#include "sensor/exec_failure.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/duration.hpp"
#include "sensor/attribute.hpp"

namespace dsn::sensor {
namespace {

constexpr std::size_t kDiagnosticsShown = 200;

}  // namespace

std::optional<std::string> failure_of(const ExecEnd& end, const ExecLimits& limits) {
  if (end.timed_out) return "was stopped after " + duration_text(limits.timeout);
  if (end.flooded) {
    return "printed more than " + std::to_string(limits.output_bytes_max / 1024) + " KiB";
  }
  if (end.status_lost) return "ended with an unknown status: SIGCHLD is ignored";
  const std::string said = first_line_shown(end.diagnostics, kDiagnosticsShown);
  const std::string cause = said.empty() ? "" : ": " + said;
  if (WIFSIGNALED(end.status)) {
    const int signal = WTERMSIG(end.status);
    return "was killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")" +
           cause;
  }
  if (WEXITSTATUS(end.status) == 0) return std::nullopt;
  return "exit status " + std::to_string(WEXITSTATUS(end.status)) + cause;
}

std::string fault_of_script(const std::string& program) {
  const auto content = read_attribute(program);
  if (!content || content->empty()) return "";
  std::string_view line = *content;
  line = line.substr(0, line.find('\n'));
  if (line.starts_with("\xef\xbb\xbf#!")) return "a byte order mark stands before its '#!'";
  if (line.starts_with("\x7f"
                       "ELF"))
    return "it was built for another system";
  if (!line.starts_with("#!")) return "its first line does not begin with '#!'";
  if (line.ends_with('\r')) {
    return "its lines end with CR LF, as on Windows: sed -i 's/\\r$//' " + program;
  }
  const std::string interpreter(word_at(line.substr(2), 0));
  if (access(interpreter.c_str(), X_OK) == 0) return "";
  return "its interpreter '" + interpreter + "': " + std::strerror(errno);
}

}  // namespace dsn::sensor
