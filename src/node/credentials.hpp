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

namespace dsn::node {

struct Credentials {
  crypto::Identity identity;
  std::optional<crypto::NetworkKey> network_key;  ///< nothing: local-only
  std::string directory;
  bool kept = true;  ///< whether node.key has this identity; else keep_identity() is to be called
  /// Whose key came here with the card of another machine.
  std::optional<NodeId> copied;
  /// What the operator should know, e.g. that the card was copied.
  std::vector<std::string> warnings;
};

/// Where the keys of the network are. Only root may read them: a service manager hands the service
/// copies (LoadCredential=keys:/etc/dsn/keys), and these are used where there are any.
inline constexpr char kKeyFolder[] = "/etc/dsn/keys/";

struct CredentialOptions {
  std::string system_root;  ///< stands before the paths that name this machine
  bool adopt = false;       ///< a key of another machine is now this one's
};

/// `credential_dir`, else default_credential_directory().
[[nodiscard]] std::string credential_directory(const config::Config& config);

/// Loads what is there and makes what is missing. A file that others have access to is closed to
/// them, if it is ours. A disk that cannot be written is no error: the node then has a new identity
/// at each start. A damaged key, or one that stays readable, is an error, because only the operator
/// can know whether it may be replaced.
///
/// A key that is bound to another machine is not used: the node gets an identity of its own, and
/// the key is kept under the name that `set_aside_path` gives.
[[nodiscard]] Result<Credentials> load_credentials(const config::Config& config,
                                                   const CredentialOptions& options);

/// Writes the identity to the folder; a key that came with a copied card is set aside before. Never
/// replaces another key.
[[nodiscard]] Result<void> keep_identity(const Credentials& credentials);

/// Where a key that is not of this machine is kept: node.key.of-<its node's id>.
[[nodiscard]] std::string set_aside_path(const std::string& directory, const NodeId& id);

}  // namespace dsn::node
