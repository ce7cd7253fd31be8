// SPDX-License-Identifier: Apache-2.0
#include "node/clock.hpp"

#include <ctime>

namespace dsn::node {

Instant now() {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                                      std::chrono::nanoseconds(time.tv_nsec)));
}

}  // namespace dsn::node
