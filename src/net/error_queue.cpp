// SPDX-License-Identifier: Apache-2.0
#include "net/error_queue.hpp"

#include <linux/errqueue.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <optional>

#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

// Of one wake; the rest makes the socket readable again.
constexpr int kReportsMax = 64;
// The error, and behind it the address of the machine that reports it.
constexpr std::size_t kControlBytes = CMSG_SPACE(sizeof(sock_extended_err) + sizeof(sockaddr_in6));

bool is_error(const cmsghdr& control) {
  const bool ipv4 = control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_RECVERR;
  const bool ipv6 = control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_RECVERR;
  return (ipv4 || ipv6) && control.cmsg_len >= CMSG_LEN(sizeof(sock_extended_err));
}

/// Errors that this machine found itself were returned by the call that sent.
std::optional<int> reported_error(msghdr& header) {
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (!is_error(*control)) continue;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(control), sizeof error);
    const bool by_icmp =
        error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
    if (by_icmp) return static_cast<int>(error.ee_errno);
  }
  return std::nullopt;
}

}  // namespace

void take_error_reports(int socket,
                        const std::function<void(const Endpoint& to, int error)>& report) {
  for (int i = 0; i < kReportsMax; ++i) {
    SocketAddress to{};
    alignas(cmsghdr) std::array<std::uint8_t, kControlBytes> control{};
    std::array<std::uint8_t, 1> byte{};  // of the datagram, which is not looked at
    iovec vector{byte.data(), byte.size()};
    msghdr header{};
    header.msg_name = &to;
    header.msg_namelen = sizeof to;
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    if (recvmsg(socket, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return;
    const std::optional<int> error = reported_error(header);
    const std::optional<Endpoint> destination = to_endpoint(to, header.msg_namelen);
    if (error && destination) report(*destination, *error);
  }
}

}  // namespace dsn::net
