// SPDX-License-Identifier: Apache-2.0
// Buffers for many datagrams, filled by one system call.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {

/// All sockets share one batch, so nothing is allocated for a datagram. It takes about 70 KiB, so
/// its owner lives on the heap.
class ReceiveBatch {
 public:
  static constexpr std::size_t kCapacity = 32;
  /// More than any datagram of the protocol (1232 bytes); a longer one arrives as truncated.
  static constexpr std::size_t kDatagramBytesMax = 2048;

  struct Datagram {
    Endpoint from;
    /// The destination address, with port 0, as far as the kernel told it.
    Endpoint to;
    ByteView bytes;
    unsigned interface_index = 0;  ///< 0: unknown
    bool truncated = false;
    bool valid = false;  ///< `from` is an IPv4 or IPv6 address
    /// How many datagrams the kernel dropped since the socket was opened; 0 if it does not say.
    std::uint32_t overflows = 0;
  };

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Takes up to kCapacity datagrams from `socket` without waiting. Returns their number or -errno.
  [[nodiscard]] int receive(int socket);
  /// A datagram of the last receive(), valid until the next one. `index` is below its result.
  [[nodiscard]] Datagram datagram(std::size_t index) const;

 private:
  static constexpr std::size_t kControlBytes =
      CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(std::uint32_t));
  struct alignas(cmsghdr) Control {
    std::array<std::uint8_t, kControlBytes> bytes;
  };

  std::array<std::array<std::uint8_t, kDatagramBytesMax>, kCapacity> buffers_;
  std::array<Control, kCapacity> controls_;
  std::array<SocketAddress, kCapacity> addresses_;
  std::array<iovec, kCapacity> vectors_;
  std::array<mmsghdr, kCapacity> messages_;
};

}  // namespace dsn::net
