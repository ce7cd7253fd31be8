// SPDX-License-Identifier: Apache-2.0
// Receives what is sent to one multicast group, on the interfaces where it is joined.
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
class GroupSocket {
 public:
  using Read = ReadableSocket::Read;
  using Reopened = std::function<void()>;

  /// A group with port 0 is none: nothing is opened or joined. `reopened` tells that a dead socket
  /// was replaced, and that it may be joined on other interfaces than before.
  GroupSocket(asio::io_context& io, NetCounters& counters, const Endpoint& group, Read read,
              Reopened reopened);

  void open();
  /// Leaves all. May be called from Read.
  void close();

  /// Joins where it should and has not yet, and leaves where it should no longer. What fails is
  /// tried again at the next call.
  void set_interfaces(std::span<const unsigned> indices);

  /// Makes switches and routers hear of our membership again, see the comment in the source.
  void refresh();

  [[nodiscard]] bool enabled() const { return group_.port != 0; }
  [[nodiscard]] bool joined(unsigned interface_index) const;
  /// The errno of the last attempt to join there, 0 if there was none or it succeeded.
  [[nodiscard]] int join_error(unsigned interface_index) const;
  [[nodiscard]] const Endpoint& group() const { return group_; }

 private:
  struct Membership {
    unsigned interface_index = 0;
    bool joined = false;
    int error = 0;
  };

  int open_and_join();
  int reopen();
  void join(int socket, Membership& membership);
  void leave(int socket, unsigned interface_index);
  int set_membership(int socket, unsigned interface_index, bool join);

  NetCounters& counters_;
  const Endpoint group_;
  Reopened reopened_;
  std::vector<Membership> memberships_;  ///< one for each interface that it should be joined on
  int open_error_ = 0;                   ///< why there is no socket
  ReadableSocket socket_;
};

}  // namespace dsn::net
