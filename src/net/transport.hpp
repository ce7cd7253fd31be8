// SPDX-License-Identifier: Apache-2.0
// The node's sockets: unicast, multicast on every eligible interface, and the watch over them.
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

namespace asio {
class io_context;
}

namespace dsn::net {

/// A datagram as it came in; `bytes` is valid during the call only.
struct Received {
  Endpoint from;
  ByteView bytes;
  bool multicast = false;           ///< it was sent to the group, not to us
  std::string_view interface_name;  ///< where it came in, empty if unknown
};

/// A datagram to send: to one address, or to the groups on every joined interface.
struct Outgoing {
  bool multicast = false;
  Endpoint to;  ///< unicast only
  ByteView bytes;
};

/// Called on the io_context. A call may send and may close() the transport, which ends the batch at
/// once; it must not destroy it.
class TransportHandler {
 public:
  virtual ~TransportHandler() = default;
  virtual void handle_datagram(const Received& received) = 0;
  /// After the last datagram that was ready: the time to send what the batch caused.
  virtual void handle_batch_end() = 0;
  /// An interface or address came, went or changed, after the groups were joined again. Not called
  /// for what open() finds.
  virtual void handle_interfaces_changed() = 0;
};

struct TransportOptions {
  /// 0: any free one. Nothing: `default_port`, or any free one if that is taken.
  std::optional<std::uint16_t> port;
  std::uint16_t default_port = 0;
  /// Bind to this address only, and join only on the interface that has it. Empty: all.
  std::string network_ip;
  bool multicast = true;
  /// Names, or prefixes that end in '*'. Empty: all but container, virtual machine and
  /// point-to-point interfaces. At most 16 are joined.
  std::vector<std::string> interfaces;
  /// With the port of the groups, which must not be the unicast port: the group's sockets could not
  /// bind beside it. Port 0: no multicast in this family.
  Endpoint group_ipv4;
  Endpoint group_ipv6;  ///< of link-local scope (ff12::/16), so that it always needs an interface
  /// How often membership is announced anew, for switches that forget it (the first do so after
  /// 260 s). Changes of interfaces are noticed at once and do not wait for it.
  /// protocol.md [group-join]
  std::chrono::milliseconds rejoin_interval{120000};
};

/// Owns one unicast socket per address family on one port number, one receiving socket per family
/// for the group (shared with other agents of this machine by SO_REUSEADDR), and an rtnetlink
/// socket. No error of any call after open() ends anything: it is counted, and what is broken is
/// tried again. Single-threaded, on the io_context it was given.
class Transport {
 public:
  /// `handler` must outlive the transport.
  Transport(asio::io_context& io, TransportOptions options, TransportHandler& handler);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Binds and starts to receive. Fails only if no unicast socket can be had at all (the port is
  /// taken, the address is not ours); having no interface yet is fine.
  Result<void> open();
  /// Other interfaces from now on; those that are not wanted any more are left. The handler hears
  /// of the change.
  void set_interfaces(std::vector<std::string> names);
  /// Idempotent; the handler is not called afterwards.
  void close();

  /// Sends all of them, in batches (sendmmsg), now; what the kernel refuses is counted and dropped.
  /// Multicast leaves from the unicast port with a TTL of 1, once per joined interface and family,
  /// and comes back to the agents of this machine, the sender included. Unicast to a multicast or
  /// unspecified address is refused: without an interface it would leave by the default route.
  void send(std::span<const Outgoing> datagrams);

  [[nodiscard]] std::uint16_t port() const;
  /// The interfaces that we want, joined or not.
  [[nodiscard]] std::vector<InterfaceStatus> interfaces() const;
  /// Datagrams and bytes each way, and every error by its errno name ("send_ENETUNREACH").
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dsn::net
