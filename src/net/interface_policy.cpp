// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/interface_names.hpp"
#include "net/interface.hpp"

namespace dsn::net {
namespace {

bool is_wanted(const Interface& interface, const InterfacePolicy& policy) {
  if (policy.address) {
    const bool has_address = std::ranges::any_of(interface.addresses, [&](const Endpoint& address) {
      return address.family == policy.address->family &&
             address.address == policy.address->address &&
             (policy.address->scope == 0 || policy.address->scope == interface.index);
    });
    if (!has_address) return false;
  }
  if (!policy.names.empty()) {
    return std::ranges::any_of(policy.names, [&](const std::string& pattern) {
      return matches_interface_name(pattern, interface.name);
    });
  }
  if (policy.address) return true;  // chosen by its address, whatever its name
  // Discovery on the others would tell containers and guests of a network that is not theirs, and
  // each of these machines' many interfaces would cost a datagram.
  return !interface.point_to_point && !is_virtual_interface(interface.name);
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
      // There is no IPv6 multicast on lo (ENETUNREACH), and IPv4 does all that is needed there.
      plan.ipv6 = plan.ipv6 || !interface.loopback;
    } else if (!plan.ipv4 || (policy.address && policy.address->address == address.address)) {
      plan.ipv4 = address;
    }
  }
  if (!plan.ipv4 && !plan.ipv6) plan.problem = "no usable address";
  return plan;
}

}  // namespace

std::vector<InterfacePlan> plan_interfaces(const std::vector<Interface>& found,
                                           const InterfacePolicy& policy) {
  std::vector<InterfacePlan> plans;
  std::size_t joinable = 0;
  for (const Interface& interface : found) {
    if (!is_wanted(interface, policy)) continue;
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
    if (exists) continue;
    InterfacePlan missing;
    missing.interface.name = name;
    missing.problem = "there is no such interface";
    plans.push_back(std::move(missing));
  }
  return plans;
}

}  // namespace dsn::net
