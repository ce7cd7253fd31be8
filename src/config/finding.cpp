// SPDX-License-Identifier: Apache-2.0
#include "config/finding.hpp"

#include <fmt/format.h>

namespace dsn::config {

std::string Finding::to_string() const {
  if (position.line == 0) return fmt::format("{}: {}", position.file, message);
  return fmt::format("{}:{}:{}: {}", position.file, position.line, position.column, message);
}

}  // namespace dsn::config
