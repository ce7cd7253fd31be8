// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/interface_names.hpp"
#include "net/interface.hpp"

namespace dsn::net {
namespace {

bool has_address(const Interface& interface, const Endpoint& wanted) {
  return std::ranges::any_of(interface.addresses, [&](const Endpoint& address) {
    return address.family == wanted.family && address.address == wanted.address &&
           (wanted.scope == 0 || wanted.scope == interface.index);
  });
}

bool allows(const InterfacePolicy& policy, AddressFamily family) {
  return !policy.address || policy.address->family == family;
}

InterfacePlan plan_one(const Interface& interface, const InterfacePolicy& policy) {
  InterfacePlan plan{interface, {}, false, {}};
  if (!policy.multicast) {
    plan.problem = "multicast is switched off";
  } else if (!interface.up) {
    plan.problem = "it is down";
  } else if (!interface.carrier) {
    plan.problem = "no carrier";
  } else if (!interface.multicast && !interface.loopback) {
    plan.problem = "it cannot multicast";
  }
  if (!plan.problem.empty()) return plan;
  for (const Endpoint& address : interface.addresses) {
    if (!allows(policy, address.family)) continue;
    if (address.family == AddressFamily::ipv6) {
      // IPv6 multicast on lo fails with ENETUNREACH. IPv4 is enough there.
      plan.ipv6 = plan.ipv6 || !interface.loopback;
    } else if (!plan.ipv4 || (policy.address && policy.address->address == address.address)) {
      plan.ipv4 = address;
    }
  }
  if (!plan.ipv4 && !plan.ipv6) plan.problem = "no usable address";
  return plan;
}

InterfacePlan missing(const std::string& name, const std::string& problem) {
  InterfacePlan plan;
  plan.interface.name = name;
  plan.problem = problem;
  return plan;
}

}  // namespace

std::string why_left_out(const Interface& interface, const InterfacePolicy& policy) {
  if (policy.address && !has_address(interface, *policy.address)) {
    return "it does not have the address of `network_ip`";
  }
  if (!policy.names.empty()) {
    const bool is_named = std::ranges::any_of(policy.names, [&](const std::string& pattern) {
      return matches_interface_name(pattern, interface.name);
    });
    return is_named ? "" : "`interfaces` does not name it";
  }
  if (policy.address) return "";  // chosen by its address, whatever its name
  if (!interface.master.empty()) return "a port of " + interface.master;
  // Discovery on a virtual interface would show this network to containers and guests, and each of
  // their many interfaces would cost a datagram for each multicast.
  if (is_virtual_interface(interface.name)) {
    return "of containers or virtual machines, by its name; to use it, name it in `interfaces`";
  }
  if (interface.point_to_point) {
    return "a point-to-point link (VPN); to use it, name it in `interfaces`";
  }
  return "";
}

bool is_on_link(const std::vector<Prefix>& links, const Endpoint& endpoint) {
  return std::ranges::any_of(links, [&](const Prefix& link) { return link.contains(endpoint); });
}

std::vector<InterfacePlan> plan_interfaces(const std::vector<Interface>& found,
                                           const InterfacePolicy& policy) {
  std::vector<InterfacePlan> plans;
  std::size_t joinable = 0;
  for (const Interface& interface : found) {
    if (!why_left_out(interface, policy).empty()) continue;
    InterfacePlan plan = plan_one(interface, policy);
    if (plan.problem.empty() && ++joinable > InterfacePolicy::kInterfacesMax) {
      plan.ipv4.reset();
      plan.ipv6 = false;
      plan.problem = "more than " + std::to_string(InterfacePolicy::kInterfacesMax) +
                     " interfaces: choose with `interfaces`";
    }
    plans.push_back(std::move(plan));
  }
  for (const std::string& name : policy.names) {
    const bool exists =
        name.ends_with('*') ||
        std::ranges::any_of(found, [&](const Interface& one) { return one.name == name; });
    if (!exists) plans.push_back(missing(name, "there is no such interface"));
  }
  const bool lost = policy.address && std::ranges::none_of(found, [&](const Interface& one) {
                      return has_address(one, *policy.address);
                    });
  if (lost) plans.push_back(missing(kLostAddress, "no interface has this address now"));
  return plans;
}

}  // namespace dsn::net
