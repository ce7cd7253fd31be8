// SPDX-License-Identifier: Apache-2.0
#include "net/link_masters.hpp"

#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/descriptor.hpp"

namespace dsn::net {
namespace {

using Payload = std::string_view;  // bytes of the answer

template <typename T>
T read_as(Payload bytes) {
  T value{};
  bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
  return value;
}

/// The attribute of that type; empty if there is none.
Payload attribute(Payload all, unsigned type) {
  while (all.size() >= sizeof(rtattr)) {
    const auto header = read_as<rtattr>(all);
    if (header.rta_len < sizeof(rtattr) || header.rta_len > all.size()) break;
    if ((header.rta_type & NLA_TYPE_MASK) == type) {
      return all.substr(sizeof(rtattr), header.rta_len - sizeof(rtattr));
    }
    all.remove_prefix(std::min<std::size_t>(RTA_ALIGN(header.rta_len), all.size()));
  }
  return {};
}

void add_link(Payload message, std::map<unsigned, unsigned>& masters) {
  const auto link = read_as<ifinfomsg>(message);
  if (message.size() < NLMSG_ALIGN(sizeof link)) return;
  const Payload attributes = message.substr(NLMSG_ALIGN(sizeof link));
  const auto master = read_as<std::uint32_t>(attribute(attributes, IFLA_MASTER));
  const Payload kind = attribute(attribute(attributes, IFLA_LINKINFO), IFLA_INFO_SLAVE_KIND);
  if (master != 0 && !kind.starts_with("vrf"))
    masters[static_cast<unsigned>(link.ifi_index)] = master;
}

/// False after the last part of the answer.
bool add_links(Payload answer, std::map<unsigned, unsigned>& masters) {
  while (answer.size() >= sizeof(nlmsghdr)) {
    const auto header = read_as<nlmsghdr>(answer);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > answer.size()) return false;
    if (header.nlmsg_type != RTM_NEWLINK) return false;
    add_link(answer.substr(sizeof header, header.nlmsg_len - sizeof header), masters);
    answer.remove_prefix(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), answer.size()));
  }
  return true;
}

}  // namespace

std::map<unsigned, unsigned> link_masters() {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  struct {
    nlmsghdr header{};
    ifinfomsg link{};
  } request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  std::map<unsigned, unsigned> masters;
  if (!socket.is_open() || ::send(socket.get(), &request, sizeof request, 0) < 0) return masters;
  std::array<char, std::size_t{32} * 1024> answer{};  // the kernel sends no more at a time
  ssize_t size = 0;
  do {
    size = ::recv(socket.get(), answer.data(), answer.size(), 0);
  } while (size > 0 && add_links({answer.data(), static_cast<std::size_t>(size)}, masters));
  return masters;
}

}  // namespace dsn::net
