// SPDX-License-Identifier: Apache-2.0
#include "net/return_ways.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <iterator>

#include "base/descriptor.hpp"
#include "net/socket_address.hpp"
#include "net/socket_options.hpp"

namespace dsn::net {
namespace {

bool overlap(const Prefix& a, const Prefix& b) {
  return a.contains(b.address) || b.contains(a.address);
}

}  // namespace

void ReturnWays::set_interfaces(const std::vector<Interface>& interfaces) {
  std::vector<Link> all;
  for (const Interface& one : interfaces) {
    if (!one.up || one.loopback) continue;
    for (const Prefix& link : one.links) {
      if (link.address.family == AddressFamily::ipv4) all.push_back({one.index, one.carrier, link});
    }
  }
  links_.clear();
  std::ranges::copy_if(all, std::back_inserter(links_), [&](const Link& link) {
    return std::ranges::any_of(all, [&](const Link& other) {
      return other.interface_index != link.interface_index && overlap(link.prefix, other.prefix);
    });
  });
  if (links_.empty()) heard_.clear();
}

const ReturnWays::Link* ReturnWays::link_to(const Endpoint& address, unsigned index) const {
  const auto found = std::ranges::find_if(links_, [&](const Link& link) {
    return link.interface_index == index && link.prefix.contains(address);
  });
  return found != links_.end() ? &*found : nullptr;
}

bool ReturnWays::leads_to(const Endpoint& address, unsigned index) const {
  const Link* link = link_to(address, index);
  return link != nullptr && link->carrier;
}

void ReturnWays::note(const Endpoint& from, unsigned index, Clock::time_point now) {
  if (!leads_to(from, index)) return;
  if (heard_.size() >= kAddressesMax && !heard_.contains(from.address)) heard_.clear();
  Heard& heard = heard_.try_emplace(from.address, Heard{now, {}}).first->second;
  heard.last[index] = now;
}

unsigned ReturnWays::way_to(const Endpoint& to, Clock::time_point now) const {
  const unsigned usual = route_(to);
  const Link* link = link_to(to, usual);
  if (link == nullptr) return 0;  // one network only, or a route of the operator's
  const auto heard = heard_.find(to.address);
  if (heard == heard_.end()) return link->carrier ? 0 : any_way_to(to);
  const auto& [first, last] = heard->second;
  const auto lately = std::ranges::max_element(last, {}, [&](const auto& one) {
    return leads_to(to, one.first) ? one.second : Clock::time_point{};
  });
  if (!leads_to(to, lately->first)) return link->carrier ? 0 : any_way_to(to);
  if (!link->carrier) return lately->first;
  const auto usually = last.find(usual);
  const bool is_elsewhere =
      usually == last.end() ? now - first >= kFirst : lately->second - usually->second >= kSilent;
  return is_elsewhere ? lately->first : 0;
}

unsigned ReturnWays::any_way_to(const Endpoint& to) const {
  const auto other = std::ranges::find_if(
      links_, [&](const Link& link) { return link.carrier && link.prefix.contains(to); });
  return other != links_.end() ? other->interface_index : 0;
}

unsigned interface_of_route(const Endpoint& to, const std::vector<Interface>& interfaces) {
  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  SocketAddress address;
  const socklen_t size = to_socket_address(to, address);
  // Nothing is sent: the kernel looks up the route and chooses the source address.
  if (!socket.is_open() || ::connect(socket.get(), &address.any, size) != 0) return 0;
  const Endpoint source = local_endpoint(socket.get());
  const auto owner = std::ranges::find_if(interfaces, [&](const Interface& one) {
    return std::ranges::any_of(one.addresses, [&](const Endpoint& each) {
      return each.family == AddressFamily::ipv4 && each.address == source.address;
    });
  });
  return owner != interfaces.end() ? owner->index : 0;
}

}  // namespace dsn::net
