// SPDX-License-Identifier: Apache-2.0
// The node's way to the network: unicast, and multicast on every wanted interface.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "dsn/result.hpp"
#include "dsn/status.hpp"
#include "net/interface.hpp"
#include "net/net_counters.hpp"

namespace asio {
class io_context;
}

namespace dsn::net {

/// A datagram that was received; `bytes` is valid during the call only.
struct Received {
  Endpoint from;
  ByteView bytes;
  bool multicast = false;           ///< it was sent to a group
  std::string_view interface_name;  ///< that received it; empty if unknown
};

/// A datagram to send: to one address, or to the groups on every wanted interface.
struct Outgoing {
  bool multicast = false;
  Endpoint to;  ///< unicast only
  ByteView bytes;
};

/// Called on the io_context. A call may send, and may close() the transport, which ends the batch
/// at once. It must not destroy the transport.
class TransportHandler {
 public:
  virtual ~TransportHandler() = default;
  virtual void handle_datagram(const Received& received) = 0;
  /// Another machine sent something to all machines of the link.
  virtual void handle_call(const Received& /*received*/) {}
  /// Follows the last datagram that was ready. This is the time to send the answers.
  virtual void handle_batch_end() = 0;
  /// An interface or address came, went or changed, and the groups were joined accordingly. Not
  /// called for what open() finds.
  virtual void handle_interfaces_changed() = 0;
};

struct TransportOptions {
  /// 0: any free port. Nothing: `default_port`, or any free port while that is taken.
  std::optional<std::uint16_t> port;
  std::uint16_t default_port = 0;
  /// Bind to this address only, and join only on the interface that has it. Empty: all addresses.
  std::string network_ip;
  bool multicast = true;
  /// As InterfacePolicy::names.
  std::vector<std::string> interfaces;
  /// The groups' port must not be the unicast port, or the sockets of the groups could not bind.
  /// Port 0: no multicast in this family.
  Endpoint group_ipv4;
  Endpoint group_ipv6;  ///< of link-local scope (ff12::/16), so that it always needs an interface
  /// How often membership is announced again, for switches that forget it (after 260 s at the
  /// earliest). Changes of interfaces are noticed at once. protocol.md [group-join]
  std::chrono::milliseconds rejoin_interval{120000};
};

/// Owns for each address family a unicast socket, a socket that receives what is sent to the group,
/// and one for calls to all machines of the link; the unicast sockets have one port number, and the
/// group's port is shared with other agents of this machine (SO_REUSEADDR). It also owns an
/// rtnetlink socket. After open(), an error of a system call is counted, and what failed is tried
/// again. Single-threaded, on its io_context.
class Transport {
 public:
  /// `handler` must outlive the transport.
  Transport(asio::io_context& io, TransportOptions options, TransportHandler& handler);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Binds and starts to receive. Fails only if no unicast socket can be opened, or the port that
  /// was given in one family only: it is taken, or no interface has the address. Starting without
  /// any interface works.
  Result<void> open();
  /// Moves from another port to the default port, if that is free now. Not within the handler.
  [[nodiscard]] bool take_default_port();
  /// Replaces TransportOptions::interfaces: joins and leaves accordingly, and tells the handler.
  void set_interfaces(std::vector<std::string> names);
  /// Idempotent; the handler is not called afterwards.
  void close();

  /// Sends all datagrams at once, in batches (sendmmsg). What the kernel refuses is counted and
  /// dropped. Multicast leaves from the unicast port with a TTL of 1, once for each wanted
  /// interface and family, and comes back to the agents of this machine, the sender included. It
  /// does so where the group could not be joined too: the answers come by unicast.
  /// Unicast to a group or an unspecified address is refused: it would leave by the default route.
  void send(std::span<const Outgoing> datagrams);

  /// Sends one datagram to all machines of each wanted interface's link but this one, whatever
  /// network they belong to. Nothing is sent if multicast is switched off.
  void call(ByteView bytes);

  [[nodiscard]] std::uint16_t port() const;
  /// Why port() is not the default port; empty if it is, or if a port was given.
  [[nodiscard]] std::string port_problem() const;
  /// All interfaces: those that are wanted, joined or not, and those that are left out.
  [[nodiscard]] std::vector<InterfaceStatus> interfaces() const;
  /// The same with what is to be done on each.
  [[nodiscard]] const std::vector<InterfacePlan>& plans() const;
  /// The prefixes that are on link at the wanted interfaces.
  [[nodiscard]] std::vector<Prefix> links() const;
  [[nodiscard]] const NetCounters& counted() const;
  /// Datagrams and bytes each way, and every error by its errno name ("send_ENETUNREACH").
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn::net
