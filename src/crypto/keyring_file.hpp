// SPDX-License-Identifier: Apache-2.0
// The keys of the network that a node was given since it joined, kept in a file of its own.
//
// The file is `network.keys` in the credential directory, mode 0600, text of lines `word value`:
//
//   version 1
//   authority <32 hexadecimal digits>
//   key <epoch> <32>                        the current one first
//   statement <of the current key> signature <128> signer <130>     three lines, or none
//   out <32>                                one line a node
//   overtaken <epoch> <32> <statement> <128> <130>   as key, statement, signature and signer
//   check <16: the first 8 bytes of SHA-256 of all that stands before this line>
//
// Lines with `#` are comments, and other words are ignored.
#pragma once

#include <optional>
#include <string>

#include "core/session/keyring_contents.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"

namespace dsn::crypto {

/// `directory`/network.keys.
[[nodiscard]] std::string keyring_path(const std::string& directory);

/// Nothing if there is no file. A file that others can access, or that is damaged, is an error that
/// says how to mend it.
[[nodiscard]] Result<std::optional<core::KeyringContents>> load_keyring(
    const std::string& directory);

/// Replaces the file or leaves it as it was.
[[nodiscard]] Result<void> save_keyring(const std::string& directory,
                                        const core::KeyringContents& contents);

/// Whether the file is about the network of the key file.
[[nodiscard]] bool is_of_network(const core::KeyringContents& stored, const NetworkAccess& access);

/// What a node begins with: of the key of the key file and the newest one that was stored the newer
/// counts, if they are of one network.
[[nodiscard]] core::KeyringContents newest_of(const NetworkAccess& access,
                                              const std::optional<core::KeyringContents>& stored);

/// What lets the next node in.
[[nodiscard]] NetworkAccess access_of(const core::KeyringContents& contents);

}  // namespace dsn::crypto
