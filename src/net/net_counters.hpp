// SPDX-License-Identifier: Apache-2.0
// The counters of the transport: traffic, and the errors of system calls by their errno names.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/endpoint.hpp"
#include "net/send_failures.hpp"

namespace dsn::net {

/// The calls whose failures are told apart.
enum class Call : std::uint8_t {
  open,     ///< socket, bind and the essential options
  wait,     ///< waiting for a socket to become readable
  send,     ///< sendmmsg
  receive,  ///< recvmmsg and the netlink socket
  join,     ///< of a group on an interface
  scan,     ///< getifaddrs
};

/// Counting allocates nothing: errors are kept in a small table with a linear search, since there
/// are few calls and few errors. Errors that do not fit into it are counted as "other_errors".
class NetCounters {
 public:
  static constexpr std::size_t kErrorKindsMax = 64;

  void add_error(Call call, int error);
  /// Of a datagram to `to`.
  void add_send_error(int error, const Endpoint& to) {
    add_error(Call::send, error);
    send_failures_.note(to, error);
  }
  /// A datagram to `to` was sent.
  void forget_send_errors(const Endpoint& to) { send_failures_.forget(to); }
  [[nodiscard]] const SendFailures& send_failures() const { return send_failures_; }
  /// The network reports that a datagram to `to` did not arrive. Such a report can be forged.
  void add_report(int error, const Endpoint& to) { reports_.note(to, error); }
  [[nodiscard]] const SendFailures& reports() const { return reports_; }
  [[nodiscard]] std::uint64_t error_count(Call call, int error) const;

  /// All counters with their names, the fixed ones first. An error appears once it has happened.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> list() const;

  std::uint64_t datagrams_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t datagrams_received = 0;
  std::uint64_t bytes_received = 0;
  /// Dropped because they are longer than any datagram of the protocol.
  std::uint64_t received_oversize = 0;
  /// Dropped by the kernel because the receive buffer was full.
  std::uint64_t receive_overflows = 0;
  std::chrono::steady_clock::time_point last_overflow{};
  /// Unicast to a group or to an unspecified address, which Transport::send refuses.
  std::uint64_t sends_refused = 0;
  /// Multicasts while there was no interface to send them on.
  std::uint64_t sends_without_interface = 0;
  std::uint64_t sockets_reopened = 0;

 private:
  struct ErrorCount {
    Call call = Call::open;
    int error = 0;
    std::uint64_t count = 0;
  };
  std::array<ErrorCount, kErrorKindsMax> errors_{};
  std::size_t error_kinds_ = 0;
  std::uint64_t other_errors_ = 0;
  SendFailures send_failures_;
  SendFailures reports_;
};

/// "ENETUNREACH", or "errno_4711" if the C library has no name for the error.
[[nodiscard]] std::string errno_name(int error);

}  // namespace dsn::net
