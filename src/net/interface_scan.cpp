// SPDX-License-Identifier: Apache-2.0
#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <net/if.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "net/interface.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

// More would be a misbehaving machine; an address beyond these is not used as a source.
constexpr std::size_t kAddressesMax = 32;
constexpr std::size_t kScannedInterfacesMax = 1024;

struct IfaddrsDeleter {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

std::vector<Ipv6AddressState> read_unusable_ipv6() {
  std::vector<Ipv6AddressState> unusable;
  std::ifstream file("/proc/net/if_inet6");
  for (std::string line; std::getline(file, line);) {
    const std::optional<Ipv6AddressState> state = parse_if_inet6(line);
    if (state && !state->usable) unusable.push_back(*state);
  }
  return unusable;  // empty if there is no /proc: then all are taken for usable
}

bool is_unusable(const std::vector<Ipv6AddressState>& unusable, const Endpoint& address,
                 unsigned index) {
  return std::ranges::any_of(unusable, [&](const Ipv6AddressState& state) {
    return state.interface_index == index && state.address.address == address.address &&
           address.family == AddressFamily::ipv6;
  });
}

// Nothing if it went away since the list was made.
Interface* find_or_add(std::map<std::string, Interface>& by_name, const ifaddrs& entry) {
  // An IPv4 address with a label is listed as "eth0:1"; no interface has a colon in its name.
  std::string name = entry.ifa_name;
  name.resize(std::min(name.size(), name.find(':')));
  const auto known = by_name.find(name);
  if (known != by_name.end()) return &known->second;
  const unsigned index = if_nametoindex(name.c_str());
  if (index == 0 || by_name.size() == kScannedInterfacesMax) return nullptr;
  Interface interface;
  interface.name = name;
  interface.index = index;
  interface.up = (entry.ifa_flags & IFF_UP) != 0;
  interface.carrier = (entry.ifa_flags & IFF_RUNNING) != 0;
  interface.loopback = (entry.ifa_flags & IFF_LOOPBACK) != 0;
  interface.multicast = (entry.ifa_flags & IFF_MULTICAST) != 0;
  interface.point_to_point = (entry.ifa_flags & IFF_POINTOPOINT) != 0;
  return &by_name.emplace(std::move(name), std::move(interface)).first->second;
}

}  // namespace

int scan_interfaces(std::vector<Interface>& found) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return errno;
  const std::unique_ptr<ifaddrs, IfaddrsDeleter> owner(first);
  const std::vector<Ipv6AddressState> unusable = read_unusable_ipv6();
  std::map<std::string, Interface> by_name;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_name == nullptr) continue;
    Interface* const interface = find_or_add(by_name, *entry);
    const std::optional<Endpoint> address = to_endpoint(entry->ifa_addr);
    if (interface == nullptr || !address) continue;
    if (is_unusable(unusable, *address, interface->index)) continue;
    if (interface->addresses.size() < kAddressesMax) interface->addresses.push_back(*address);
  }
  found.clear();
  for (auto& [name, interface] : by_name) found.push_back(std::move(interface));
  std::ranges::sort(found, {}, &Interface::index);
  return 0;
}

std::optional<Ipv6AddressState> parse_if_inet6(const std::string& line) {
  // address, index, prefix length, scope, flags (all hexadecimal, without 0x), name
  std::istringstream in(line);
  std::string address;
  unsigned index = 0;
  unsigned prefix_bits = 0;
  unsigned scope = 0;
  unsigned flags = 0;
  std::string name;
  if (!(in >> address >> std::hex >> index >> prefix_bits >> scope >> flags >> name)) {
    return std::nullopt;
  }
  const std::optional<Bytes> bytes = from_hex(address);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  Ipv6AddressState state;
  state.address.family = AddressFamily::ipv6;
  std::ranges::copy(*bytes, state.address.address.begin());
  state.interface_index = index;
  const bool tentative = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  state.usable = !tentative && (flags & IFA_F_DADFAILED) == 0;
  return state;
}

}  // namespace dsn::net
