// SPDX-License-Identifier: Apache-2.0
#include "net/multicast_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

namespace dsn::net {

MulticastSocket::MulticastSocket(asio::io_context& io, NetCounters& counters, const Endpoint& group,
                                 Read read, Reopened reopened)
    : counters_(counters),
      group_(group),
      reopened_(std::move(reopened)),
      socket_(io, counters, std::bind_front(&MulticastSocket::reopen, this), std::move(read)) {}

void MulticastSocket::open() {
  if (!enabled()) return;
  const int socket = open_and_join();
  if (socket < 0) counters_.add_error(Call::open, -socket);
  socket_.start(Descriptor(socket));
}

void MulticastSocket::close() {
  socket_.close();
  memberships_.clear();
}

int MulticastSocket::reopen() {
  const int socket = open_and_join();
  reopened_();
  return socket;
}

// A new socket has no memberships, whatever the old one had.
int MulticastSocket::open_and_join() {
  OpenedSocket opened = open_multicast_socket(group_);
  open_error_ = opened.error;
  for (GroupMembership& membership : memberships_) join(opened.socket.get(), membership);
  return opened.socket.is_open() ? opened.socket.release() : -opened.error;
}

void MulticastSocket::set_interfaces(std::span<const unsigned> indices) {
  if (!enabled()) return;
  std::erase_if(memberships_, [&](const GroupMembership& membership) {
    const bool wanted = std::ranges::find(indices, membership.interface_index) != indices.end();
    if (!wanted) leave(socket_.fd(), membership.interface_index);
    return !wanted;
  });
  for (const unsigned index : indices) {
    const auto known = std::ranges::find(memberships_, index, &GroupMembership::interface_index);
    GroupMembership& membership =
        known != memberships_.end() ? *known : memberships_.emplace_back(GroupMembership{index});
    if (!membership.joined) join(socket_.fd(), membership);
  }
}

// A switch that snoops forwards the group only to ports where it hears membership reports, and
// forgets a member after 260 s (RFC 2236, 8.4) if no querier asks for reports. The kernel sends a
// report when the first socket of the machine joins on an interface, when the interface comes up,
// and when a querier asks. A second join fails with EADDRINUSE and sends nothing. Leaving and
// joining sends a report within a jiffy and another one later. The leave does no harm: in IGMPv3
// and MLDv2 the join replaces the pending record, and in IGMPv2 the report comes before the router
// has asked for remaining members. While another process of this machine is a member on the same
// interface, none of this sends anything, because the kernel's count never reaches zero; only a raw
// socket could change that.
void MulticastSocket::refresh() {
  for (GroupMembership& membership : memberships_) join(socket_.fd(), membership);
}

bool MulticastSocket::joined(unsigned interface_index) const {
  const auto known =
      std::ranges::find(memberships_, interface_index, &GroupMembership::interface_index);
  return known != memberships_.end() && known->joined;
}

int MulticastSocket::join_error(unsigned interface_index) const {
  const auto known =
      std::ranges::find(memberships_, interface_index, &GroupMembership::interface_index);
  return known != memberships_.end() ? known->error : 0;
}

// Leaves first. The socket may still have a dead membership there, after the interface went away
// and came back, or after its MTU fell below what IPv6 needs. A dead membership receives nothing,
// makes a join fail with EADDRINUSE and counts against the limit of the socket.
void MulticastSocket::join(int socket, GroupMembership& membership) {
  if (socket < 0) {  // the failed open was counted
    membership = {membership.interface_index, false, open_error_};
    return;
  }
  leave(socket, membership.interface_index);
  const int error = set_membership(socket, membership.interface_index, true);
  membership.joined = error == 0 || error == EADDRINUSE;
  membership.error = membership.joined ? 0 : error;
  if (!membership.joined) counters_.add_error(Call::join, error);
}

void MulticastSocket::leave(int socket, unsigned interface_index) {
  // The usual answer is EADDRNOTAVAIL, "not a member", which is no error here.
  static_cast<void>(set_membership(socket, interface_index, false));
}

int MulticastSocket::set_membership(int socket, unsigned interface_index, bool join) {
  if (socket < 0) return EBADF;
  int result = -1;
  if (group_.family == AddressFamily::ipv4) {
    ip_mreqn request{};
    std::memcpy(&request.imr_multiaddr, group_.address.data(), 4);
    request.imr_ifindex = static_cast<int>(interface_index);
    result = setsockopt(socket, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request,
                        sizeof request);
  } else {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, group_.address.data(), 16);
    request.ipv6mr_interface = interface_index;
    result = setsockopt(socket, IPPROTO_IPV6, join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request,
                        sizeof request);
  }
  return result == 0 ? 0 : errno;
}

}  // namespace dsn::net
