// SPDX-License-Identifier: Apache-2.0
#include "local/json/wall_clock.hpp"

#include <sys/timex.h>

#include <array>
#include <ctime>

#include "base/environment.hpp"

namespace dsn::local {

static_assert(sizeof(std::time_t) == 8, "32 bits of seconds end in 2038: -D_TIME_BITS=64");

WallClock WallClock::read() {
  timex state{};
  const int result = ::adjtimex(&state);
  WallClock clock;
  clock.now = std::chrono::system_clock::now();
  if (!environment("DSN_DEMO_CLOCK").empty()) {
    clock.now -= std::chrono::hours(1);
    clock.state = "unsynced";
    return clock;
  }
  if (result < 0) return clock;
  const bool synced = result != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  clock.state = synced ? "synced" : "unsynced";
  return clock;
}

std::string WallClock::time_of(std::chrono::milliseconds age) const {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now - age);
  std::tm utc{};
  std::array<char, 40> text{};
  if (::gmtime_r(&seconds, &utc) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace dsn::local
