// SPDX-License-Identifier: Apache-2.0
// What dsn init and dsn join say of the networks that are here, before anything is written.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/setup/neighbours.hpp"
#include "crypto/network_key.hpp"

namespace dsn::cli {

/// Something that a person should know before going on.
struct NetworkRemark {
  std::string text;
  std::string question;  ///< to be answered with yes before going on; empty: none
};

/// `key` is that of the network to be in; nothing if that is to be a new one. `name` is that of
/// the node to be.
[[nodiscard]] std::vector<NetworkRemark> check_network(
    const Neighbours& neighbours, const std::optional<crypto::NetworkAccess>& key,
    const std::string& name);

}  // namespace dsn::cli
