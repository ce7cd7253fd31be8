// SPDX-License-Identifier: Apache-2.0
// The identity of this node: a P-256 key pair, kept in a file of its own.
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
  std::vector<MachineMark> machine;  ///< marks of the machine that the file is bound to, if any
};

/// The directory of the identity if the configuration has none: $STATE_DIRECTORY of a service
/// manager, else /var/lib/dsn for root, $XDG_STATE_HOME/dsn or ~/.local/state/dsn for other users.
[[nodiscard]] std::string default_credential_directory();

/// The identity with this private key; nothing if the key is not valid.
[[nodiscard]] std::optional<Identity> identity_of(const PrivateKey& private_key);

/// Makes a new identity, in memory only. A node whose disk cannot be written uses such an identity,
/// and is a new node to its peers after each start.
Result<Identity> create_identity();

/// `directory`/node.key.
[[nodiscard]] std::string identity_path(const std::string& directory);

/// Reads the file; nothing if there is none. A file that others can access, that is damaged or that
/// cannot be read is an error that says how to mend it. The file stays as it is.
Result<std::optional<Identity>> load_identity(const std::string& directory);

/// Replaces the file or leaves it as it was. Creates the directory (0700) if only that is missing.
Result<void> save_identity(const std::string& directory, const Identity& identity);

/// As save_identity(), but an existing file is an error.
Result<void> save_new_identity(const std::string& directory, const Identity& identity);

/// Loads the identity, or creates and saves one if there is no file. Only one process may use a
/// directory.
Result<Identity> load_or_create_identity(const std::string& directory);

}  // namespace dsn::crypto
