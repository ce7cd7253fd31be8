// SPDX-License-Identifier: Apache-2.0
// The UDP ports of a node.
#pragma once

#include <cstdint>

namespace dsn::inline base {

/// The unicast port of a node unless its configuration names another one.
inline constexpr std::uint16_t kDefaultPort = 17373;
/// The port of the multicast groups. It is the same for all nodes, whatever their unicast port is.
inline constexpr std::uint16_t kMulticastPort = 17374;

}  // namespace dsn::inline base
