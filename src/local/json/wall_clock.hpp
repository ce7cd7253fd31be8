// SPDX-License-Identifier: Apache-2.0
// The wall clock of this machine, for people and logs only: no decision depends on it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace dsn::local {

/// One reading of the wall clock, and whether it is synchronised.
struct WallClock {
  std::chrono::system_clock::time_point now;
  /// "synced", "unsynced", or "unknown" where the kernel does not say (a hardened service).
  std::string_view state = "unknown";

  /// With DSN_DEMO_CLOCK in the environment it is an hour slow and not synchronised: what `dsn demo
  /// clock` shows.
  [[nodiscard]] static WallClock read();
  /// The time `age` ago, as RFC 3339 in UTC: "2026-11-21T09:14:07Z".
  [[nodiscard]] std::string time_of(std::chrono::milliseconds age) const;
};

}  // namespace dsn::local
