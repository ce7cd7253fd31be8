// SPDX-License-Identifier: Apache-2.0
// The sockets for unicast: one for each family, both on one port.
#pragma once

#include <asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/endpoint.hpp"
#include "dsn/result.hpp"
#include "net/net_counters.hpp"
#include "net/readable_socket.hpp"

namespace dsn::net {

struct UnicastOptions {
  std::optional<std::uint16_t> port;  ///< as TransportOptions::port
  std::uint16_t default_port = 0;
  std::optional<Endpoint> address;  ///< bind to this address only
  /// The port of the groups. A unicast socket on it would keep their sockets from binding.
  std::uint16_t reserved_port = 0;
};

class UnicastSockets {
 public:
  using Read = std::function<ReadOutcome(int socket)>;

  UnicastSockets(asio::io_context& io, NetCounters& counters, const UnicastOptions& options,
                 Read read_ipv4, Read read_ipv6);

  /// Fails if neither family gets a socket, or if a port that was given is taken in one of them. If
  /// one family gets a socket, the other is tried again later, unless the kernel does not have it.
  Result<void> open();
  void close();
  /// Moves to the default port, if open() had to take another one and that one is free now.
  [[nodiscard]] bool take_default_port();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Why port() is not the default port; empty if it is, or if a port was given.
  [[nodiscard]] std::string port_problem() const;
  /// -1 while the family has no socket.
  [[nodiscard]] int fd(AddressFamily family);

 private:
  /// Two sockets on one port, and the errno of each that could not be opened.
  struct Pair {
    Descriptor ipv4;
    Descriptor ipv6;
    std::uint16_t port = 0;
    int ipv4_error = 0;
    int ipv6_error = 0;
    [[nodiscard]] bool any() const { return ipv4.is_open() || ipv6.is_open(); }
    [[nodiscard]] bool port_taken() const;
  };

  [[nodiscard]] bool wants(AddressFamily family) const;
  [[nodiscard]] Endpoint local(AddressFamily family, std::uint16_t port) const;
  [[nodiscard]] Pair open_pair(std::uint16_t port) const;
  [[nodiscard]] Pair open_any_port() const;
  [[nodiscard]] Error cannot_open(const Pair& pair, std::uint16_t port) const;
  void start(Pair pair);
  int reopen(AddressFamily family);
  void start(ReadableSocket& socket, Descriptor fd, int error);

  NetCounters& counters_;
  const UnicastOptions options_;
  std::uint16_t port_ = 0;
  std::string default_port_owner_;  // who has it; empty if it is ours, or not wanted
  ReadableSocket ipv4_;
  ReadableSocket ipv6_;
};

}  // namespace dsn::net
