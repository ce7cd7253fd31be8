// SPDX-License-Identifier: Apache-2.0
// Datagrams of one family on their way to one system call.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "net/net_counters.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {

/// Which way an IPv4 multicast datagram leaves: the interface and the address on it that is the
/// sender's. Both are given: with the index alone the kernel takes no 127.0.0.1 but the address of
/// some other interface as the source of what goes out on lo.
struct Ipv4Way {
  unsigned interface_index = 0;
  std::array<std::uint8_t, 4> source{};
};

/// Collects references (the bytes must live until flush) and sends up to 32 with one sendmmsg.
class SendBatch {
 public:
  static constexpr std::size_t kCapacity = 32;

  explicit SendBatch(NetCounters& counters);
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  [[nodiscard]] bool full() const { return count_ == kCapacity; }
  /// Not when full(). An IPv6 address says its interface in `to.scope`.
  void add(const Endpoint& to, ByteView bytes);
  void add_ipv4_multicast(const Endpoint& group, const Ipv4Way& way, ByteView bytes);

  /// Sends all on `socket` and is empty afterwards. A datagram that the kernel refuses is counted
  /// and skipped, those behind it are sent. A negative `socket` refuses all, as EAFNOSUPPORT.
  void flush(int socket);

 private:
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, CMSG_SPACE(sizeof(in_pktinfo))> bytes;
  };

  NetCounters& counters_;
  std::size_t count_ = 0;
  std::array<Control, kCapacity> controls_;
  std::array<SocketAddress, kCapacity> addresses_;
  std::array<iovec, kCapacity> vectors_;
  std::array<mmsghdr, kCapacity> messages_;
};

}  // namespace dsn::net
