// SPDX-License-Identifier: Apache-2.0
// Names and addresses as an operator writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "dsn/result.hpp"

namespace dsn::config {

/// The name of a node that is closest to a host name: in lower case, up to the first dot, with '-'
/// for the characters that base/node_name.hpp does not allow; "node" if nothing is left.
[[nodiscard]] std::string node_name_from(std::string_view host_name);

/// Whether a node can bind to the address. The Error says why not.
[[nodiscard]] Result<void> check_local_address(std::string_view text);

/// Whether the text is an IPv4 address, an IPv6 address, with its %zone if it is link-local, or a
/// host name. The Error says why not.
[[nodiscard]] Result<void> check_remote_address(std::string_view text);

/// `coordinator.local:8000`, `192.168.1.5`, `[fe80::1%eth0]:17373`, `fd00::5`. The port is
/// kDefaultPort where there is none.
[[nodiscard]] Result<BootstrapConfig> parse_bootstrap_node(std::string_view text);

/// Whether the text is the name of a network interface, or a prefix with '*'. The Error says why
/// not.
[[nodiscard]] Result<void> check_interface_pattern(std::string_view text);

}  // namespace dsn::config
