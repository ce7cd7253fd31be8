// SPDX-License-Identifier: Apache-2.0
// Opening the sockets that the transport needs: which options, and which of them are essential.
#pragma once

#include "base/descriptor.hpp"
#include "base/endpoint.hpp"

namespace dsn::net {

/// A socket, or the errno of the call that failed.
struct OpenedSocket {
  Descriptor socket;
  int error = 0;
};

/// Bound to `local` (unspecified address: all of its family; port 0: any). It sends multicast with
/// TTL 1 that this machine hears too, receives no group's datagrams, and says where each came in.
[[nodiscard]] OpenedSocket open_unicast_socket(const Endpoint& local);

/// Bound to the group's port, together with other processes' sockets for it; joined nowhere yet.
[[nodiscard]] OpenedSocket open_group_socket(const Endpoint& group);

/// Hears of every link and address that comes, goes or changes.
[[nodiscard]] OpenedSocket open_interface_events_socket();

/// The address `socket` is bound to; the unspecified IPv4 one if the kernel does not say.
[[nodiscard]] Endpoint local_endpoint(int socket);

}  // namespace dsn::net
