// SPDX-License-Identifier: Apache-2.0
#include "agent/log.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace dsn::agent {
namespace {

const char* word(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return "error: ";
    case LogLevel::warning:
      return "warning: ";
    case LogLevel::info:
      return "";
  }
  return "";
}

}  // namespace

void log(LogLevel level, std::string_view line) {
  // journald sets JOURNAL_STREAM and adds the time; it reads the priority from "<N>".
  static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  const std::string text = journal ? fmt::format("<{}>{}\n", static_cast<int>(level), line)
                                   : fmt::format("dsn-agent: {}{}\n", word(level), line);
  // One write, so that lines of several agents on one terminal do not mix. A failure cannot be
  // reported to anybody.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace dsn::agent
