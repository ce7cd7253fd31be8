// SPDX-License-Identifier: Apache-2.0
// The network interfaces of this machine, and which of them we use.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/endpoint.hpp"

namespace dsn::net {

/// An interface as a scan found it.
struct Interface {
  std::string name;
  unsigned index = 0;
  bool up = false;
  bool carrier = false;  ///< up and with a link; true where that is unknown
  bool loopback = false;
  bool multicast = false;
  bool point_to_point = false;
  std::vector<Endpoint> addresses;  ///< usable ones, port 0, in the kernel's order

  bool operator==(const Interface&) const = default;
};

/// Which interfaces the operator wants.
struct InterfacePolicy {
  /// At most this many are joined: the kernel allows 20 groups a socket
  /// (net.ipv4.igmp_max_memberships), and each costs a datagram per multicast.
  static constexpr std::size_t kInterfacesMax = 16;

  /// Names, or prefixes that end in '*'. Empty: all but those of containers and virtual machines
  /// and point-to-point links (VPNs).
  std::vector<std::string> names;
  /// Only the interface that has this address, and only its family.
  std::optional<Endpoint> address;
  bool multicast = true;
};

/// What to do with one interface.
struct InterfacePlan {
  Interface interface;
  /// The source of what we multicast on it. Nothing: do not join in this family.
  std::optional<Endpoint> ipv4;
  bool ipv6 = false;
  std::string problem;  ///< why neither, for the operator; empty otherwise

  bool operator==(const InterfacePlan&) const = default;
};

/// Up to kInterfacesMax joinable interfaces, and those that are wanted but cannot be joined with
/// the reason. What is not wanted is left out.
[[nodiscard]] std::vector<InterfacePlan> plan_interfaces(const std::vector<Interface>& found,
                                                         const InterfacePolicy& policy);

/// Replaces `found` with all interfaces, by index. Returns 0, or errno with `found` as it was.
[[nodiscard]] int scan_interfaces(std::vector<Interface>& found);

/// A line of /proc/net/if_inet6. getifaddrs does not tell that an address is still tentative
/// (RFC 4862, section 5.4): nothing can be sent from it yet.
struct Ipv6AddressState {
  Endpoint address;
  unsigned interface_index = 0;
  bool usable = false;  ///< neither tentative nor found to be a duplicate
};
[[nodiscard]] std::optional<Ipv6AddressState> parse_if_inet6(std::string_view line);

}  // namespace dsn::net
