// SPDX-License-Identifier: Apache-2.0
// Variables of the environment.
#pragma once

#include <cstdlib>
#include <string>

namespace dsn::inline base {

/// The value of the variable `name`; empty if it is not set.
[[nodiscard]] inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace dsn::inline base
