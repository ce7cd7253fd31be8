// SPDX-License-Identifier: Apache-2.0
// Opens the sockets of the transport with their options.
#pragma once

#include "base/descriptor.hpp"
#include "base/endpoint.hpp"

namespace dsn::net {

/// A socket, or the errno of the call that failed.
struct OpenedSocket {
  Descriptor socket;
  int error = 0;
};

/// Opens a socket that is bound to `local` (unspecified address: all of its family; port 0: any).
/// Its multicasts have TTL 1 and are heard on this machine too. It receives nothing that is sent to
/// a group, tells the interface of each datagram, and keeps what the network reports of datagrams
/// that did not arrive (net/error_queue.hpp).
[[nodiscard]] OpenedSocket open_unicast_socket(const Endpoint& local);

/// Opens a socket that shares the group's port with other processes. It is joined nowhere yet.
[[nodiscard]] OpenedSocket open_multicast_socket(const Endpoint& group);

/// Opens a netlink socket that receives an event for every change of a link or an address.
[[nodiscard]] OpenedSocket open_interface_events_socket();

/// The address that `socket` is bound to; 0.0.0.0 if the kernel does not say.
[[nodiscard]] Endpoint local_endpoint(int socket);

}  // namespace dsn::net
