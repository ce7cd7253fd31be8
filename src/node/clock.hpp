// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"

namespace dsn::node {

/// CLOCK_BOOTTIME: monotonic, and it goes on while the machine is suspended, so that yesterday's
/// reading is old in the morning.
[[nodiscard]] Instant now();

}  // namespace dsn::node
