// SPDX-License-Identifier: Apache-2.0
// The AES-128 key that the nodes of one network share, in a file or a line of configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

using NetworkKey = Secret<16>;

/// Reads 32 hexadecimal digits on a line of their own. There may be blank lines, lines that begin
/// with `#`, and white space at both ends of each line, such as the line ends of Windows.
[[nodiscard]] std::optional<NetworkKey> parse_network_key(std::string_view text);

/// Fails if there is no such file, if others have access to it, or if it is not what
/// parse_network_key() reads. Errors name the file and the remedy, never the content.
Result<NetworkKey> load_network_key(const std::string& path);

/// Writes a key (0600). An existing file is an error and stays as it is.
Result<void> store_network_key(const std::string& path, const NetworkKey& key);

/// The same for a new random key. Needs initialise_crypto() first.
Result<void> create_network_key(const std::string& path);

}  // namespace dsn::crypto
