// SPDX-License-Identifier: Apache-2.0
// Buffers for many datagrams and the one system call that fills them.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/endpoint.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {

/// Reused for every wake of every socket: nothing is allocated per datagram. About 70 KiB, so it
/// lives on the heap with its owner.
class ReceiveBatch {
 public:
  static constexpr std::size_t kCapacity = 32;
  /// More than any datagram of the protocol (1232 bytes, docs/protocol.md): what is longer is not
  /// ours and arrives marked as truncated.
  static constexpr std::size_t kDatagramBytesMax = 2048;

  struct Datagram {
    Endpoint from;
    /// Where it was sent to; the port is 0. Only IPv6 tells it, see GroupSocket.
    Endpoint to;
    ByteView bytes;
    unsigned interface_index = 0;  ///< 0: unknown
    bool truncated = false;
    bool valid = false;  ///< the sender's address is one
    /// Datagrams dropped by the kernel since the socket was opened; 0 if it does not say.
    std::uint32_t overflows = 0;
  };

  ReceiveBatch();
  ReceiveBatch(const ReceiveBatch&) = delete;
  ReceiveBatch& operator=(const ReceiveBatch&) = delete;

  /// Takes up to kCapacity datagrams from `socket` without waiting: how many, or -errno.
  [[nodiscard]] int receive(int socket);
  /// Of the last receive(), valid until the next one. `index` is below its result.
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
