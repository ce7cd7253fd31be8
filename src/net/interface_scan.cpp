// SPDX-License-Identifier: Apache-2.0
#include <ifaddrs.h>
#include <linux/if_addr.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/number_text.hpp"
#include "net/interface.hpp"
#include "net/link_masters.hpp"
#include "net/socket_address.hpp"

namespace dsn::net {
namespace {

// Of one interface. Further addresses are not used as sources.
constexpr std::size_t kAddressesMax = 32;
// Far more than a machine has that works. Further interfaces are not used.
constexpr std::size_t kScannedInterfacesMax = 1024;

struct IfaddrsDeleter {
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Takes the first word off the text; empty if there is none.
std::string_view take_word(std::string_view& text) {
  constexpr std::string_view kSpace = " \t\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kSpace));
  text.remove_prefix(word.size());
  return word;
}

std::vector<Ipv6AddressState> read_unusable_ipv6() {
  std::vector<Ipv6AddressState> unusable;
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen("/proc/net/if_inet6", "re"));
  std::array<char, 128> line{};  // the name, at most 15 characters, ends after 69
  while (file && std::fgets(line.data(), line.size(), file.get()) != nullptr) {
    const std::optional<Ipv6AddressState> state = parse_if_inet6(line.data());
    if (state && !state->usable) unusable.push_back(*state);
  }
  return unusable;  // empty without /proc: then all addresses are taken for usable
}

bool is_unusable(const std::vector<Ipv6AddressState>& unusable, const Endpoint& address,
                 unsigned index) {
  return std::ranges::any_of(unusable, [&](const Ipv6AddressState& state) {
    return state.interface_index == index && state.address.address == address.address &&
           address.family == AddressFamily::ipv6;
  });
}

// Without a mask it is a single address.
unsigned bits_of(const std::optional<Endpoint>& mask, const Endpoint& address) {
  unsigned bits = 0;
  if (!mask) return static_cast<unsigned>(address.address_bytes().size() * 8);
  for (const std::uint8_t byte : mask->address_bytes()) {
    bits += static_cast<unsigned>(std::popcount(byte));
  }
  return bits;
}

// Null if the interface went away since getifaddrs() saw it, or if there are too many.
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

void name_masters(std::vector<Interface>& interfaces) {
  for (const auto& [port, master] : link_masters()) {
    const auto of = std::ranges::find(interfaces, port, &Interface::index);
    const auto by = std::ranges::find(interfaces, master, &Interface::index);
    if (of != interfaces.end() && by != interfaces.end()) of->master = by->name;
  }
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
    if (interface->addresses.size() == kAddressesMax) continue;
    interface->addresses.push_back(*address);
    interface->links.push_back({*address, bits_of(to_endpoint(entry->ifa_netmask), *address)});
  }
  found.clear();
  for (auto& [name, interface] : by_name) found.push_back(std::move(interface));
  std::ranges::sort(found, {}, &Interface::index);
  name_masters(found);
  return 0;
}

std::optional<Ipv6AddressState> parse_if_inet6(std::string_view line) {
  // address, index, prefix length, scope, flags (all hexadecimal, without 0x), name
  const std::optional<Bytes> bytes = from_hex(take_word(line));
  const auto index = number_of_hex<unsigned>(take_word(line));
  const auto prefix_bits = number_of_hex<unsigned>(take_word(line));
  const auto scope = number_of_hex<unsigned>(take_word(line));
  const auto flags = number_of_hex<unsigned>(take_word(line));
  const std::string_view name = take_word(line);
  if (!bytes || bytes->size() != 16 || !index || !prefix_bits || !scope || !flags || name.empty()) {
    return std::nullopt;
  }
  Ipv6AddressState state;
  state.address.family = AddressFamily::ipv6;
  std::ranges::copy(*bytes, state.address.address.begin());
  state.interface_index = *index;
  const bool tentative = (*flags & IFA_F_TENTATIVE) != 0 && (*flags & IFA_F_OPTIMISTIC) == 0;
  state.usable = !tentative && (*flags & IFA_F_DADFAILED) == 0;
  return state;
}

}  // namespace dsn::net
