// SPDX-License-Identifier: Apache-2.0
// Readings of a house that does not exist, for a machine that has no sensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dsn/client.hpp"

namespace dsn::cli {

/// Said wherever these readings are shown: nobody shall take them for measurements.
inline constexpr std::string_view kSimulationNote =
    "demo: outside/*, pump/*, water/level and door are simulated; the rest is this machine's own";

/// What the node with this index of `count` writes in a given second of the demo. A demo of less
/// than three nodes has all of it on those that it has. water/level comes too rarely on purpose:
/// so one sees what late means.
[[nodiscard]] std::vector<SetRequest> simulated_readings(std::size_t index, std::size_t count,
                                                         std::uint64_t second);

}  // namespace dsn::cli
