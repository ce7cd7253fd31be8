// SPDX-License-Identifier: Apache-2.0
// What the name of a network interface tells about it.
#pragma once

#include <string_view>

namespace dsn::inline base {

/// Whether `name` is `pattern`, or begins with it if the pattern ends in '*'.
[[nodiscard]] bool matches_interface_name(std::string_view pattern, std::string_view name);

/// Whether the name is one of those that software for containers and virtual machines gives to its
/// bridges and ports. DSN uses such an interface only if the operator names it.
[[nodiscard]] bool is_virtual_interface(std::string_view name);

}  // namespace dsn::inline base
