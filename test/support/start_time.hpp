// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace dsn::test {

/// When a test begins: an agent may start long after the machine's clock did.
inline constexpr Instant kStart{std::chrono::hours(1)};

}  // namespace dsn::test
