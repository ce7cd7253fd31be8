// SPDX-License-Identifier: Apache-2.0
// Points and spans of monotonic time. There is no now() here: time enters the core as an argument.
#pragma once

#include <chrono>
#include <cstdint>

namespace dsn::inline base {

using namespace std::chrono_literals;

/// A monotonic clock in microseconds with an arbitrary origin, which only its owner can read:
/// CLOCK_BOOTTIME in the agent (it goes on during suspension), virtual time in tests.
struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};

using Instant = MonotonicClock::time_point;
using Duration = MonotonicClock::duration;

/// The deadline of something that is not due at all.
inline constexpr Instant kNever = Instant::max();

/// Whole milliseconds of a span, rounded towards zero.
[[nodiscard]] constexpr std::int64_t to_ms(Duration span) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
}

}  // namespace dsn::inline base
