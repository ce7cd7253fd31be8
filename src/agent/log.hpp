// SPDX-License-Identifier: Apache-2.0
// One line on stderr per change of state, with sd-daemon(3) priorities when journald listens.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace dsn::agent {

enum class LogLevel {
  error = 3,    ///< the operator must act
  warning = 4,  ///< the fault may pass by itself, or was counted for the first time
  info = 6,     ///< the life cycle
};

void log(LogLevel level, std::string_view line);

template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace dsn::agent
