// SPDX-License-Identifier: Apache-2.0
// Names and addresses as an operator writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "dsn/result.hpp"

namespace dsn::config {

/// 1 to 63 characters of a-z, 0-9 and '-', of which '-' is neither first nor last (RFC 1123,
/// section 2.1).
[[nodiscard]] bool is_label(std::string_view text);

/// Makes a label of a host name: in lower case, up to the first dot, with '-' for all other
/// characters; "node" if nothing is left.
[[nodiscard]] std::string label_from(std::string_view host_name);

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
