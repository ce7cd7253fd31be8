// SPDX-License-Identifier: Apache-2.0
// Who this node is and which network it belongs to, from the folder of credentials.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "crypto/identity.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"

namespace dsn::agent {

struct Credentials {
  Identity identity;
  std::optional<NetworkKey> network_key;  ///< nothing: local-only
  std::string directory;
  /// What the operator should know, e.g. that the identity could not be saved.
  std::vector<std::string> warnings;
};

/// `credential_dir`, else /var/lib/dsn for root, $XDG_STATE_HOME/dsn or ~/.local/state/dsn for
/// others. A service manager's STATE_DIRECTORY comes before all defaults.
[[nodiscard]] std::string credential_directory(const config::Config& config);

/// Loads what is there and makes what is missing. A disk that cannot be written is a warning: the
/// node then has a new identity at each start. A damaged or readable key is an error, because only
/// the operator can know whether it may be replaced.
[[nodiscard]] Result<Credentials> load_credentials(const config::Config& config);

}  // namespace dsn::agent
