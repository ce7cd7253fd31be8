// SPDX-License-Identifier: Apache-2.0
// What the network says about datagrams that did not arrive.
#pragma once

#include <functional>

#include "base/endpoint.hpp"

namespace dsn::net {

/// Takes what waits in the error queue of a UDP socket (IP_RECVERR), and calls `report` with the
/// destination and the errno of each ICMP message: ECONNREFUSED if nobody listens there,
/// EHOSTUNREACH if no machine has the address. Anybody can forge such a message.
void take_error_reports(int socket,
                        const std::function<void(const Endpoint& to, int error)>& report);

}  // namespace dsn::net
