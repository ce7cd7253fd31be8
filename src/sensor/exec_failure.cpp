// SPDX-License-Identifier: Apache-2.0
#include "sensor/exec_failure.hpp"

#include <sys/wait.h>

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

}  // namespace dsn::sensor
