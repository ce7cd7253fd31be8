// SPDX-License-Identifier: Apache-2.0
// The network interfaces of this machine, and which of them are used for multicast.
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
  bool carrier = false;  ///< it has a link, or the kernel does not know
  bool loopback = false;
  bool multicast = false;
  bool point_to_point = false;
  std::string master;  ///< the bridge or bond of which it is a port; empty if it is none
  std::vector<Endpoint> addresses;  ///< usable ones, port 0, in the kernel's order

  std::vector<Prefix> links;  ///< the prefixes of these addresses, in the same order

  bool operator==(const Interface&) const = default;
};

/// Which interfaces the operator wants.
struct InterfacePolicy {
  /// Below the kernel's limit of 20 groups a socket; each costs one datagram for each multicast.
  static constexpr std::size_t kInterfacesMax = 16;

  /// Names, or prefixes with a '*' at the end. Empty: all but the interfaces of containers and
  /// virtual machines, point-to-point links (VPNs), and ports of bridges and bonds.
  std::vector<std::string> names;
  /// Only the interface that has this address, and only its family.
  std::optional<Endpoint> address;
  bool multicast = true;
};

/// In which families the groups are to be joined on one interface.
struct InterfacePlan {
  Interface interface;
  /// The source address of multicasts on it. Nothing: do not join the IPv4 group.
  std::optional<Endpoint> ipv4;
  bool ipv6 = false;
  std::string problem;  ///< why no group can be joined, for the operator; empty otherwise

  bool operator==(const InterfacePlan&) const = default;
};

/// How InterfaceStatus::problem begins if the kernel does not let a group be joined.
inline constexpr char kCannotJoin[] = "cannot join ";

/// The name of the plan that stands for the policy's address while no interface has it.
inline constexpr char kLostAddress[] = "network_ip";

/// Why an interface is not wanted, for the operator; empty if it is.
[[nodiscard]] std::string why_left_out(const Interface& interface, const InterfacePolicy& policy);

/// A plan for each wanted interface, and one with a problem for each name or address of the policy
/// that no interface has. At most kInterfacesMax of them join a group; the others have a
/// problem.
[[nodiscard]] std::vector<InterfacePlan> plan_interfaces(const std::vector<Interface>& found,
                                                         const InterfacePolicy& policy);

/// Whether one of the prefixes contains the address: it is reached without a router.
[[nodiscard]] bool is_on_link(const std::vector<Prefix>& links, const Endpoint& endpoint);

/// Replaces `found` with all interfaces, by index. Returns 0, or errno with `found` as it was.
[[nodiscard]] int scan_interfaces(std::vector<Interface>& found);

/// A line of /proc/net/if_inet6, which shows what getifaddrs does not: an address that is tentative
/// (RFC 4862, section 5.4), from which nothing can be sent yet.
struct Ipv6AddressState {
  Endpoint address;
  unsigned interface_index = 0;
  bool usable = false;  ///< neither tentative nor found to be a duplicate
};
[[nodiscard]] std::optional<Ipv6AddressState> parse_if_inet6(std::string_view line);

}  // namespace dsn::net
