// SPDX-License-Identifier: Apache-2.0
// Names and addresses as an operator writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/config.hpp"
#include "dsn/result.hpp"

namespace dsn::config {

/// 1 to 63 of a-z, 0-9 and '-', the last neither first nor last (RFC 1123, section 2.1).
[[nodiscard]] bool is_label(std::string_view text);

/// A host name made into a label: lower case, up to the first dot, anything else a '-'. "node" if
/// nothing is left.
[[nodiscard]] std::string label_from(std::string_view host_name);

/// Says why the text cannot be the address that a node binds to.
[[nodiscard]] Result<void> check_local_address(std::string_view text);

/// Says why the text is no address (IPv4, or IPv6 with a %zone if it is link-local) and no host
/// name.
[[nodiscard]] Result<void> check_remote_address(std::string_view text);

/// `coordinator.local:8000`, `192.168.1.5`, `[fe80::1%eth0]:17373`, `fd00::5`. The port is
/// kDefaultPort where there is none.
[[nodiscard]] Result<BootstrapNode> parse_bootstrap_node(std::string_view text);

/// Says why the text is neither the name of a network interface nor a prefix with '*'.
[[nodiscard]] Result<void> check_interface_pattern(std::string_view text);

}  // namespace dsn::config
