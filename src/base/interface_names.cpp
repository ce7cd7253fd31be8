// SPDX-License-Identifier: Apache-2.0
#include "base/interface_names.hpp"

#include <algorithm>
#include <array>

namespace dsn::inline base {
namespace {

constexpr std::array<std::string_view, 15> kVirtualInterfaces = {
    "docker*", "veth*",   "br-*",   "virbr*", "vnet*", "cni*",   "flannel*", "cali*",
    "kube*",   "podman*", "lxcbr*", "lxdbr*", "lxc*",  "vmnet*", "tap*"};

}  // namespace

bool matches_interface_name(std::string_view pattern, std::string_view name) {
  if (pattern.ends_with('*')) return name.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == name;
}

bool is_virtual_interface(std::string_view name) {
  return std::ranges::any_of(kVirtualInterfaces, [&](std::string_view pattern) {
    return matches_interface_name(pattern, name);
  });
}

}  // namespace dsn::inline base
