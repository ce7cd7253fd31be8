// SPDX-License-Identifier: Apache-2.0
#include "net/socket_options.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

// Room for the datagrams of a thousand nodes that boot together, while another handler runs. The
// kernel caps it at net.core.rmem_max and takes memory only for what is queued.
constexpr int kReceiveBufferBytes = 512 * 1024;

bool set(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof value) == 0;
}

// For options that a kernel or an emulator (qemu-user) may not have. Transport works without them,
// because it filters by interface and destination.
void set_optional(int socket, int level, int option, int value) {
  static_cast<void>(set(socket, level, option, value));
}

// Essential are the options that tell the interface and destination of each datagram.
bool set_receiving_options(int socket, bool ipv4) {
  set_optional(socket, SOL_SOCKET, SO_RCVBUF, kReceiveBufferBytes);
  set_optional(socket, SOL_SOCKET, SO_RXQ_OVFL, 1);
  if (ipv4) {
    set_optional(socket, IPPROTO_IP, IP_MULTICAST_ALL, 0);
    return set(socket, IPPROTO_IP, IP_PKTINFO, 1);
  }
  set_optional(socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
  return set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) &&
         set(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

// TTL 1 keeps discovery on the link. OMIT sets no DF: where the path is smaller than a datagram, IP
// sends it in fragments, and nothing is lost. "Fragmentation needed" messages, which may be forged,
// are ignored. Over IPv6 each path has room for our largest datagram (RFC 8200, section 5).
// protocol.md [frame-whole] [group-source]
bool set_ipv4_sending_options(int socket) {
  set_optional(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  return set(socket, IPPROTO_IP, IP_MULTICAST_TTL, 1) &&
         set(socket, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
}

bool set_ipv6_sending_options(int socket) {
  set_optional(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  return set(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1) &&
         set(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
}

bool bind_to(int socket, const Endpoint& local) {
  SocketAddress address;
  const socklen_t size = to_socket_address(local, address);
  return bind(socket, &address.any, size) == 0;
}

OpenedSocket failed() { return {Descriptor(), errno}; }

Descriptor new_udp_socket(bool ipv4) {
  return Descriptor(
      ::socket(ipv4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

}  // namespace

OpenedSocket open_unicast_socket(const Endpoint& local) {
  const bool ipv4 = local.family == AddressFamily::ipv4;
  Descriptor socket = new_udp_socket(ipv4);
  if (!socket.is_open() || !set_receiving_options(socket.get(), ipv4)) return failed();
  if (ipv4 ? !set_ipv4_sending_options(socket.get()) : !set_ipv6_sending_options(socket.get())) {
    return failed();
  }
  set_optional(socket.get(), ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_RECVERR : IPV6_RECVERR, 1);
  if (!bind_to(socket.get(), local)) return failed();
  return {std::move(socket), 0};
}

OpenedSocket open_multicast_socket(const Endpoint& group) {
  const bool ipv4 = group.family == AddressFamily::ipv4;
  Descriptor socket = new_udp_socket(ipv4);
  if (!socket.is_open() || !set_receiving_options(socket.get(), ipv4)) return failed();
  if (!set(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1)) return failed();
  // Binding to a link-local IPv6 group would need a socket for each interface (without an interface
  // it fails with EINVAL). This socket is bound to the port alone, and its reader compares the
  // destination that IPV6_RECVPKTINFO tells.
  if (!bind_to(socket.get(), ipv4 ? group : Endpoint::ipv6({}, group.port))) return failed();
  return {std::move(socket), 0};
}

OpenedSocket open_interface_events_socket() {
  Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket.is_open()) return failed();
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  // The kernel's API: every address is passed as a sockaddr.
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed();
  }
  return {std::move(socket), 0};
}

Endpoint local_endpoint(int socket) {
  SocketAddress address{};
  socklen_t size = sizeof address;
  if (getsockname(socket, &address.any, &size) != 0) return {};
  return to_endpoint(address, size).value_or(Endpoint{});
}

}  // namespace dsn::net
