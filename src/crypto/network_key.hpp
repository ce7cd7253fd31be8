// SPDX-License-Identifier: Apache-2.0
// What the nodes of one network share, in a file or a line of configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "core/session/keyring_contents.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

using NetworkKey = Secret<16>;

/// What lets a node into a network.
struct NetworkAccess {
  core::EpochKey key;
  std::optional<core::KeyHash> authority;  ///< nothing: the network has none, and keeps its key
};

/// Reads an invite (crypto/invite.hpp), or the 32 hexadecimal digits of a key without authority, on
/// a line of their own. There may be blank lines, lines that begin with `#`, and white space at
/// both ends of each line, such as the line ends of Windows.
[[nodiscard]] std::optional<NetworkAccess> parse_network_key(std::string_view text);

/// Fails if there is no such file, if others have access to it, or if it is not what
/// parse_network_key() reads. Errors name the file and the remedy, never the content.
Result<NetworkAccess> load_network_key(const std::string& path);

/// Writes a key (0600): an invite, or digits if there is no authority. An existing file is an error
/// and stays as it is.
Result<void> store_network_key(const std::string& path, const NetworkAccess& access);

/// The same, but an existing file is replaced as a whole.
Result<void> replace_network_key(const std::string& path, const NetworkAccess& access);

/// As store_network_key() with a new random key without an authority. Needs initialise_crypto()
/// first.
Result<void> create_network_key(const std::string& path);

}  // namespace dsn::crypto
