// SPDX-License-Identifier: Apache-2.0
// Who has a UDP port.
#pragma once

#include <cstdint>
#include <string>

namespace dsn::net {

/// "avahi-daemon (process 300)"; "a program of user 1000" if this process may not see whose it is;
/// "another program" if the kernel does not tell. Reads what all processes that it may see have
/// open: not for each datagram.
[[nodiscard]] std::string udp_port_owner(std::uint16_t port);

}  // namespace dsn::net
