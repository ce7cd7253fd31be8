// SPDX-License-Identifier: Apache-2.0
#include "net/receive_batch.hpp"

#include <cerrno>
#include <cstring>

#include "base/check.hpp"

namespace dsn::net {
namespace {

template <typename T>
T read_control(const cmsghdr& control) {
  T value{};
  std::memcpy(&value, CMSG_DATA(&control), sizeof value);
  return value;
}

// Interface, destination and overflow count, as far as the kernel told them.
void read_controls(const msghdr& header, ReceiveBatch::Datagram& datagram) {
  // CMSG_NXTHDR wants a mutable header but changes nothing.
  auto* const mutable_header = const_cast<msghdr*>(&header);
  for (cmsghdr* control = CMSG_FIRSTHDR(mutable_header); control != nullptr;
       control = CMSG_NXTHDR(mutable_header, control)) {
    const std::size_t size = control->cmsg_len;
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO &&
        size >= CMSG_LEN(sizeof(in_pktinfo))) {
      const auto info = read_control<in_pktinfo>(*control);
      datagram.interface_index = static_cast<unsigned>(info.ipi_ifindex);
      std::memcpy(datagram.to.address.data(), &info.ipi_addr, 4);
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO &&
               size >= CMSG_LEN(sizeof(in6_pktinfo))) {
      const auto info = read_control<in6_pktinfo>(*control);
      datagram.interface_index = info.ipi6_ifindex;
      datagram.to.family = AddressFamily::ipv6;
      std::memcpy(datagram.to.address.data(), &info.ipi6_addr, 16);
    } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL &&
               size >= CMSG_LEN(sizeof(std::uint32_t))) {
      datagram.overflows = read_control<std::uint32_t>(*control);
    }
  }
}

}  // namespace

ReceiveBatch::ReceiveBatch() {
  for (std::size_t i = 0; i < kCapacity; ++i) {
    vectors_[i] = {buffers_[i].data(), buffers_[i].size()};
    messages_[i] = mmsghdr{};
    msghdr& header = messages_[i].msg_hdr;
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_name = &addresses_[i];
    header.msg_control = controls_[i].bytes.data();
  }
}

int ReceiveBatch::receive(int socket) {
  for (mmsghdr& message : messages_) {  // the kernel overwrote these
    message.msg_hdr.msg_namelen = sizeof(SocketAddress);
    message.msg_hdr.msg_controllen = kControlBytes;
    message.msg_hdr.msg_flags = 0;
  }
  int count = -1;
  do {
    count = recvmmsg(socket, messages_.data(), kCapacity, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  return count < 0 ? -errno : count;
}

ReceiveBatch::Datagram ReceiveBatch::datagram(std::size_t index) const {
  DSN_CHECK(index < kCapacity);
  const mmsghdr& message = messages_[index];
  Datagram datagram;
  const std::optional<Endpoint> from = to_endpoint(addresses_[index], message.msg_hdr.msg_namelen);
  datagram.valid = from.has_value();
  if (from) datagram.from = *from;
  datagram.bytes = ByteView(buffers_[index]).first(message.msg_len);
  datagram.truncated = (message.msg_hdr.msg_flags & MSG_TRUNC) != 0;
  read_controls(message.msg_hdr, datagram);
  return datagram;
}

}  // namespace dsn::net
