// SPDX-License-Identifier: Apache-2.0
#include "net/unicast_sockets.hpp"

#include <cerrno>
#include <cstring>
#include <string>

#include "net/port_owner.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

// Attempts to find a port that is free in both families; a second one is rarely needed.
constexpr int kAnyPortTries = 16;

bool family_missing(int error) { return error == EAFNOSUPPORT || error == EPROTONOSUPPORT; }

}  // namespace

UnicastSockets::UnicastSockets(asio::io_context& io, NetCounters& counters,
                               const UnicastOptions& options, Read read_ipv4, Read read_ipv6)
    : counters_(counters),
      options_(options),
      ipv4_(
          io, counters, [this] { return reopen(AddressFamily::ipv4); }, std::move(read_ipv4)),
      ipv6_(
          io, counters, [this] { return reopen(AddressFamily::ipv6); }, std::move(read_ipv6)) {}

bool UnicastSockets::Pair::port_taken() const {
  return ipv4_error == EADDRINUSE || ipv6_error == EADDRINUSE;
}

Result<void> UnicastSockets::open() {
  const std::uint16_t port = options_.port.value_or(options_.default_port);
  Pair pair = port == 0 ? open_any_port() : open_pair(port);
  if (port != 0 && pair.port_taken()) {
    if (options_.port) return cannot_open(pair, port);
    default_port_owner_ = udp_port_owner(port);
    pair = Pair{};  // closes the one socket that has the port, before the search for another port
    pair = open_any_port();
  }
  if (!pair.any()) return cannot_open(pair, port);
  start(std::move(pair));
  return {};
}

bool UnicastSockets::take_default_port() {
  if (default_port_owner_.empty()) return false;
  Pair pair = open_pair(options_.default_port);
  if (pair.port_taken() || !pair.any()) return false;
  default_port_owner_.clear();
  start(std::move(pair));
  return true;
}

std::string UnicastSockets::port_problem() const {
  if (default_port_owner_.empty()) return {};
  const std::string wanted = std::to_string(options_.default_port);
  return "UDP port " + wanted + " is taken by " + default_port_owner_ + ": this node uses " +
         std::to_string(port_) + " until it is free, and nodes that have this one among their " +
         "`bootstrap_nodes` look for it at " + wanted + "; end the other program, or give `port`";
}

void UnicastSockets::close() {
  ipv4_.close();
  ipv6_.close();
  port_ = 0;
  default_port_owner_.clear();
}

int UnicastSockets::fd(AddressFamily family) {
  return family == AddressFamily::ipv4 ? ipv4_.fd() : ipv6_.fd();
}

bool UnicastSockets::wants(AddressFamily family) const {
  return !options_.address || options_.address->family == family;
}

Endpoint UnicastSockets::local(AddressFamily family, std::uint16_t port) const {
  Endpoint endpoint = options_.address.value_or(Endpoint{});
  endpoint.family = family;
  endpoint.port = port;
  return endpoint;
}

UnicastSockets::Pair UnicastSockets::open_pair(std::uint16_t port) const {
  Pair pair;
  pair.port = port;
  if (wants(AddressFamily::ipv4)) {
    OpenedSocket opened = open_unicast_socket(local(AddressFamily::ipv4, port));
    pair.ipv4 = std::move(opened.socket);
    pair.ipv4_error = opened.error;
    if (pair.ipv4.is_open()) pair.port = local_endpoint(pair.ipv4.get()).port;
  }
  if (wants(AddressFamily::ipv6)) {
    OpenedSocket opened = open_unicast_socket(local(AddressFamily::ipv6, pair.port));
    pair.ipv6 = std::move(opened.socket);
    pair.ipv6_error = opened.error;
    if (pair.ipv6.is_open()) pair.port = local_endpoint(pair.ipv6.get()).port;
  }
  return pair;
}

UnicastSockets::Pair UnicastSockets::open_any_port() const {
  Pair pair;
  for (int i = 0; i < kAnyPortTries; ++i) {
    pair = open_pair(0);
    if (pair.port != options_.reserved_port && !pair.port_taken()) break;
  }
  return pair;
}

Error UnicastSockets::cannot_open(const Pair& pair, std::uint16_t port) const {
  int error = pair.ipv4_error != 0 ? pair.ipv4_error : pair.ipv6_error;
  if (pair.port_taken()) error = EADDRINUSE;
  const std::string where =
      options_.address ? address_text(local(options_.address->family, port)) : std::to_string(port);
  std::string message = "cannot open UDP port " + where + ": ";
  if (error == EADDRINUSE) {
    return {message + udp_port_owner(port) + " has it; choose another `port`, or 0 for any"};
  }
  if (error == EADDRNOTAVAIL) {
    return {message + "no interface has this address; correct or remove `network_ip`"};
  }
  return {message + std::strerror(error)};
}

void UnicastSockets::start(Pair pair) {
  port_ = pair.port;
  start(ipv4_, std::move(pair.ipv4), pair.ipv4_error);
  start(ipv6_, std::move(pair.ipv6), pair.ipv6_error);
}

int UnicastSockets::reopen(AddressFamily family) {
  OpenedSocket opened = open_unicast_socket(local(family, port_));
  return opened.socket.is_open() ? opened.socket.release() : -opened.error;
}

void UnicastSockets::start(ReadableSocket& socket, Descriptor fd, int error) {
  if (!fd.is_open() && error == 0) return;  // not wanted
  if (error != 0) counters_.add_error(Call::open, error);
  if (!family_missing(error)) socket.start(std::move(fd));
}

}  // namespace dsn::net
