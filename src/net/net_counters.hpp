// SPDX-License-Identifier: Apache-2.0
// What the transport counts: traffic, and every error of every call by its errno name.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dsn::net {

/// The calls whose failures are told apart.
enum class Call : std::uint8_t {
  open,     ///< socket, bind and the options that we cannot do without
  wait,     ///< waiting for a socket to become readable
  send,     ///< sendmmsg
  receive,  ///< recvmmsg and the netlink socket
  join,     ///< of a group on an interface
  scan,     ///< getifaddrs
};

/// Counting allocates nothing; there are few calls and few errors, so a small table with a linear
/// search serves. What does not fit into it is counted as "other_errors".
class NetCounters {
 public:
  static constexpr std::size_t kErrorKindsMax = 64;

  void add_error(Call call, int error);
  [[nodiscard]] std::uint64_t error_count(Call call, int error) const;

  /// By name, the fixed ones first; an error appears once it has happened.
  [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> list() const;

  std::uint64_t datagrams_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t datagrams_received = 0;
  std::uint64_t bytes_received = 0;
  /// Longer than any datagram of ours, cut off by the kernel, dropped.
  std::uint64_t received_oversize = 0;
  /// Dropped by the kernel because the receive buffer was full.
  std::uint64_t receive_overflows = 0;
  /// To a group or to nowhere, asked for as unicast: never sent, see Transport::send.
  std::uint64_t sends_refused = 0;
  /// Multicast while no interface is joined.
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
};

/// "ENETUNREACH", or "errno_4711" for what the C library has no name for.
[[nodiscard]] std::string errno_name(int error);

}  // namespace dsn::net
