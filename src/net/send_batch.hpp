// SPDX-License-Identifier: Apache-2.0
// Collects datagrams of one family for one system call.
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

/// The interface that an IPv4 datagram leaves by, and its source address there; 0.0.0.0: the kernel
/// chooses it. A multicast needs both: with the index of lo alone, the kernel takes the address of
/// another interface as the source.
struct Ipv4Way {
  unsigned interface_index = 0;
  std::array<std::uint8_t, 4> source{};
};

/// Sends up to 32 datagrams with one sendmmsg. It keeps references: the bytes must live until
/// flush.
class SendBatch {
 public:
  static constexpr std::size_t kCapacity = 32;

  explicit SendBatch(NetCounters& counters);
  SendBatch(const SendBatch&) = delete;
  SendBatch& operator=(const SendBatch&) = delete;

  [[nodiscard]] bool full() const { return count_ == kCapacity; }
  /// Must not be called when full(). The interface of an IPv6 address is in `to.scope`.
  void add(const Endpoint& to, ByteView bytes);
  void add_ipv4(const Endpoint& to, const Ipv4Way& way, ByteView bytes);

  /// Sends all on `socket` and empties the batch. A datagram that the kernel refuses is counted and
  /// skipped; the next ones are sent. A negative `socket` refuses all, with EAFNOSUPPORT.
  void flush(int socket);

 private:
  [[nodiscard]] Endpoint receiver(std::size_t index) const;

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
