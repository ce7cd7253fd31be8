// SPDX-License-Identifier: Apache-2.0
// The socket that receives what is sent to one multicast group.
#pragma once

#include <asio/io_context.hpp>
#include <functional>
#include <span>
#include <vector>

#include "base/endpoint.hpp"
#include "net/net_counters.hpp"
#include "net/readable_socket.hpp"

namespace dsn::net {

/// One family's group. Every agent of the machine has such a socket on the same port
/// (SO_REUSEADDR), and the kernel gives each of them a copy of each datagram.
class MulticastSocket {
 public:
  using Read = ReadableSocket::Read;
  using Reopened = std::function<void()>;

  /// Port 0 in `group` means no group: nothing is opened or joined. `reopened` is called when a
  /// dead socket was replaced: the new one may be joined on fewer interfaces.
  MulticastSocket(asio::io_context& io, NetCounters& counters, const Endpoint& group, Read read,
                  Reopened reopened);

  void open();
  /// Leaves all. May be called from Read.
  void close();

  /// Joins on those of `indices` where the group is not joined, and leaves on all others. A join
  /// that fails is tried again at the next call.
  void set_interfaces(std::span<const unsigned> indices);

  /// Joins again everywhere, so that switches and routers hear of the membership (see the source).
  void refresh();

  [[nodiscard]] bool enabled() const { return group_.port != 0; }
  [[nodiscard]] bool joined(unsigned interface_index) const;
  /// The errno of the last attempt to join there, 0 if there was none or it succeeded.
  [[nodiscard]] int join_error(unsigned interface_index) const;
  [[nodiscard]] const Endpoint& group() const { return group_; }

 private:
  struct GroupMembership {
    unsigned interface_index = 0;
    bool joined = false;
    int error = 0;
  };

  int open_and_join();
  int reopen();
  void join(int socket, GroupMembership& membership);
  void leave(int socket, unsigned interface_index);
  int set_membership(int socket, unsigned interface_index, bool join);

  NetCounters& counters_;
  const Endpoint group_;
  Reopened reopened_;
  std::vector<GroupMembership> memberships_;  ///< one for each wanted interface
  int open_error_ = 0;                        ///< errno of the last attempt to open the socket
  ReadableSocket socket_;
};

}  // namespace dsn::net
