// SPDX-License-Identifier: Apache-2.0
// The authority of a network: who has its private key can replace the network key and put nodes
// out. No node needs it.
//
// It is kept in a file (0600): comments, and one line DSNA- with 58 digits
// (crypto/typed_secret.hpp) that hold the scalar of a P-256 private key, so that it can be kept on
// paper, too.
#pragma once

#include <string>

#include "core/session/keyring_contents.hpp"
#include "crypto/identity.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

/// A new key pair. Needs initialise_crypto().
[[nodiscard]] Result<Identity> create_authority();

/// What the nodes of its network know of it.
[[nodiscard]] core::KeyHash authority_hash(const Identity& authority);

/// A file that is missing, that others have access to, or that is no authority, is an error that
/// names the file and the remedy.
[[nodiscard]] Result<Identity> load_authority(const std::string& path);

/// An existing file is an error and stays as it is.
[[nodiscard]] Result<void> store_authority(const std::string& path, const Identity& authority);

}  // namespace dsn::crypto
