// SPDX-License-Identifier: Apache-2.0
#include "agent/log.hpp"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/printable.hpp"

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
  // Names and causes come from other machines: they begin no line of their own.
  const std::string shown = printable(line);
  const std::string text = journal ? fmt::format("<{}>{}\n", static_cast<int>(level), shown)
                                   : fmt::format("dsn-agent: {}{}\n", word(level), shown);
  // One write, so that lines of several agents on one terminal do not mix. A failure cannot be
  // reported to anybody.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace dsn::agent
