// SPDX-License-Identifier: Apache-2.0
#include "net/send_batch.hpp"

#include <cerrno>
#include <cstring>

#include "base/check.hpp"

namespace dsn::net {

SendBatch::SendBatch(NetCounters& counters) : counters_(counters) {
  for (std::size_t i = 0; i < kCapacity; ++i) {
    messages_[i] = mmsghdr{};
    messages_[i].msg_hdr.msg_name = &addresses_[i];
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

void SendBatch::add(const Endpoint& to, ByteView bytes) {
  DSN_CHECK(!full());
  // sendmmsg only reads through it.
  vectors_[count_] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
  msghdr& header = messages_[count_].msg_hdr;
  header.msg_namelen = to_socket_address(to, addresses_[count_]);
  header.msg_control = nullptr;
  header.msg_controllen = 0;
  ++count_;
}

void SendBatch::add_ipv4(const Endpoint& to, const Ipv4Way& way, ByteView bytes) {
  const std::size_t index = count_;
  add(to, bytes);
  msghdr& header = messages_[index].msg_hdr;
  controls_[index] = {};
  header.msg_control = controls_[index].bytes.data();
  header.msg_controllen = controls_[index].bytes.size();
  cmsghdr* const control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = IPPROTO_IP;
  control->cmsg_type = IP_PKTINFO;
  control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_ifindex = static_cast<int>(way.interface_index);
  std::memcpy(&info.ipi_spec_dst, way.source.data(), 4);
  std::memcpy(CMSG_DATA(control), &info, sizeof info);
}

Endpoint SendBatch::receiver(std::size_t index) const {
  return *to_endpoint(addresses_[index], messages_[index].msg_hdr.msg_namelen);
}

void SendBatch::flush(int socket) {
  std::size_t done = 0;
  bool again = true;  // the socket may have an error that belongs to an earlier datagram
  while (done < count_) {
    int sent = -1;
    int error = EAFNOSUPPORT;
    if (socket >= 0) {
      sent = sendmmsg(socket, &messages_[done], static_cast<unsigned>(count_ - done), MSG_DONTWAIT);
      error = sent < 0 ? errno : EIO;
    }
    if (sent > 0) {
      for (std::size_t i = done; i < done + static_cast<std::size_t>(sent); ++i) {
        counters_.bytes_sent += messages_[i].msg_len;
        if (!counters_.send_failures().all().empty()) counters_.forget_send_errors(receiver(i));
      }
      counters_.datagrams_sent += static_cast<std::uint64_t>(sent);
      done += static_cast<std::size_t>(sent);
      again = true;
    } else if (error == EINTR) {
      continue;
    } else if (socket >= 0 && again) {
      again = false;
    } else {
      // sendmmsg fails only on the first datagram that it was given, which is skipped.
      counters_.add_send_error(error, receiver(done));
      ++done;
      again = true;
    }
  }
  count_ = 0;
}

}  // namespace dsn::net
