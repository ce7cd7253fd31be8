// SPDX-License-Identifier: Apache-2.0
// Who this node is: a P-256 key pair, kept in a file of its own.
//
// The file is `node.key` in the credential directory, mode 0600, text of lines `word value`:
//
//   # Secret key of a DSN node. Never copy it to another machine.
//   version 1
//   private <64 hexadecimal digits: the scalar, big-endian>
//   machine serial|os <32 hexadecimal digits: the salt> <32: the hash>     at most one of each
//   check <16 hexadecimal digits: the first 8 bytes of SHA-256 of all that stands before this line>
//
// `check` is the last line. Lines with `#` are comments. Other words are ignored, so a later
// version may add some, and keeps `version 1` unless an older program must not read the file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "crypto/key_pair.hpp"
#include "crypto/machine.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

struct Identity {
  PrivateKey private_key;
  core::PublicKey public_key{};
  NodeId id;
  std::vector<MachineMark> machine;  ///< to which its file is bound; none: to no machine
};

/// Where the identity is kept if the configuration does not say: $STATE_DIRECTORY of a service
/// manager, else /var/lib/dsn for root, $XDG_STATE_HOME/dsn or ~/.local/state/dsn for others.
[[nodiscard]] std::string default_credential_directory();

/// The identity of a private key; nothing if it is not a valid one.
[[nodiscard]] std::optional<Identity> identity_of(const PrivateKey& private_key);

/// A new identity that exists in memory only. A node whose disk cannot be written goes on with it;
/// to its peers it is a new node after each start.
Result<Identity> create_identity();

/// Where the identity is kept: `directory`/node.key.
[[nodiscard]] std::string identity_path(const std::string& directory);

/// Nothing if there is no file yet. A file that others can access, that is damaged or that cannot
/// be read is an error with its remedy; it is never replaced.
Result<std::optional<Identity>> load_identity(const std::string& directory);

/// Replaces the file or leaves it as it was. Creates the directory (0700) if only that is missing.
Result<void> save_identity(const std::string& directory, const Identity& identity);

/// The same for a directory that has no key yet; one that is there is an error.
Result<void> save_new_identity(const std::string& directory, const Identity& identity);

/// Loads the identity, or creates and saves one if there is no file yet. One process a directory.
Result<Identity> load_or_create_identity(const std::string& directory);

}  // namespace dsn::crypto
