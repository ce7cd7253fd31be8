// SPDX-License-Identifier: Apache-2.0
// Which interfaces are ports of others.
#pragma once

#include <map>

namespace dsn::net {

/// The index of the bridge or bond of each interface that is a port of one: what arrives on a port
/// is heard there. Interfaces of a VRF are none. Empty if the kernel does not tell.
[[nodiscard]] std::map<unsigned, unsigned> link_masters();

}  // namespace dsn::net
