// SPDX-License-Identifier: Apache-2.0
#include "base/interface_names.hpp"

#include <algorithm>
#include <array>

namespace dsn::inline base {
namespace {

constexpr std::array<std::string_view, 14> kVirtualInterfaces = {
    "docker*", "veth*",   "virbr*", "vnet*",  "cni*", "flannel*", "cali*",
    "kube*",   "podman*", "lxcbr*", "lxdbr*", "lxc*", "vmnet*",   "tap*"};

// "br-" and the 12 digits that a network's id begins with. The LAN of OpenWrt is br-lan.
bool is_docker_bridge(std::string_view name) {
  constexpr std::string_view kPrefix = "br-";
  return name.size() == kPrefix.size() + 12 && name.starts_with(kPrefix) &&
         name.find_first_not_of("0123456789abcdef", kPrefix.size()) == std::string_view::npos;
}

}  // namespace

bool matches_interface_name(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

bool is_virtual_interface(std::string_view name) {
  return is_docker_bridge(name) ||
         std::ranges::any_of(kVirtualInterfaces, [&](std::string_view pattern) {
           return matches_interface_name(pattern, name);
         });
}

}  // namespace dsn::inline base
