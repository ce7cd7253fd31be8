// SPDX-License-Identifier: Apache-2.0
// The identity of this node and the key of its network, from the credential folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/identity.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"
#include "file/folder_lock.hpp"
#include "node/node_settings.hpp"

namespace dsn::node {

struct Credentials {
  crypto::Identity identity;
  std::optional<crypto::NetworkAccess> network_key;  ///< nothing: the node runs local-only
  /// A second key, of a network that has no authority.
  std::optional<crypto::NetworkKey> next_key;
  std::string directory;
  bool kept = true;  ///< node.key has this identity; if not, keep_identity() is to be called
  std::optional<NodeId> copied;       ///< the node whose key came here on a copied card
  std::vector<std::string> warnings;  ///< for the operator, e.g. that the card was copied
  file::FolderLock lock;              ///< of `directory`: an identity has one process
};

/// Where the keys of the network are. Only root may read them: a service manager hands the service
/// copies (LoadCredential=keys:/etc/dsn/keys), which are used instead if there are any.
inline constexpr char kKeyFolder[] = "/etc/dsn/keys/";

/// Loads the identity, or makes one. A folder that another process uses is an error of the kind
/// `refused`: the other may end. If others have access to a file that is ours, the file is
/// closed to them, with a warning. A disk that cannot be written is no error: the node then has a
/// new identity at each start. A key that is damaged, or that stays readable to others, is an
/// error, because only the operator can know whether it may be replaced.
///
/// A key that is bound to another machine is not used: the node gets an identity of its own, and
/// the key is kept under the name that `set_aside_path` gives.
[[nodiscard]] Result<Credentials> load_credentials(const CredentialSettings& settings);

/// Reads the key of the network from a file, or from the copy of a file in kKeyFolder that the
/// service manager handed over.
[[nodiscard]] Result<void> add_network_key(Credentials& credentials, const std::string& file);

/// Writes the identity to the folder; a key that came with a copied card is set aside before. Never
/// replaces another key.
[[nodiscard]] Result<void> keep_identity(const Credentials& credentials);

/// Where a key that is not of this machine is kept: node.key.of-<its node's id>.
[[nodiscard]] std::string set_aside_path(const std::string& directory, const NodeId& id);

}  // namespace dsn::node
