// SPDX-License-Identifier: Apache-2.0
#include "node/clock.hpp"

#include "loop/handles.hpp"

namespace dsn::node {

Instant now() {
  return Instant(std::chrono::duration_cast<Duration>(loop::Clock::now().time_since_epoch()));
}

}  // namespace dsn::node
