// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace dsn::core {

/// What the session clock of another node showed, and when this node read it.
struct ClockReading {
  std::uint64_t clock_ms = 0;
  Instant at{};
};

}  // namespace dsn::core
