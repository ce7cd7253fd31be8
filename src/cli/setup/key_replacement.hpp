// SPDX-License-Identifier: Apache-2.0
// Puts the key of another network into the place of that of a node: dsn join --replace.
#pragma once

#include <optional>
#include <string>

#include "crypto/network_key.hpp"
#include "dsn/result.hpp"
#include "file/folder_lock.hpp"

namespace dsn::cli {

/// The id of the network that a key lets into, 16 hexadecimal digits. Needs initialise_crypto().
[[nodiscard]] Result<std::string> network_id_of(const crypto::NetworkAccess& access);

/// Each step leaves the old key file or the new one, whole, whenever the process or the machine
/// ends; the same command again does the steps that are missing.
class KeyReplacement {
 public:
  /// Reads the configuration and its key, and keeps others from replacing it. The Error says why
  /// the key of this node cannot be replaced, and what to do. Needs initialise_crypto().
  static Result<KeyReplacement> begin(const std::string& config_file);

  [[nodiscard]] const std::string& key_path() const { return key_path_; }
  /// The newest key that this node has; nothing if its key file is missing.
  [[nodiscard]] const std::optional<crypto::NetworkAccess>& old_key() const { return old_key_; }

  struct Done {
    bool changed = false;        ///< the key file has another key now
    std::string old_key;         ///< where the old key is kept; empty: nowhere
    std::string old_authority;   ///< where the authority of the old network was moved; or empty
    std::string back_authority;  ///< the authority of this network, which was kept; or empty
  };
  /// An invite that is older than the key of this node is an error.
  [[nodiscard]] Result<Done> replace_with(const crypto::NetworkAccess& access) const;

 private:
  [[nodiscard]] Result<void> replace_key(const crypto::NetworkAccess& access, Done& done) const;
  [[nodiscard]] Result<void> move_authority(const crypto::NetworkAccess& access, Done& done) const;

  std::string key_path_;
  std::string authority_path_;
  std::optional<crypto::NetworkAccess> file_key_;  // what the key file has
  std::optional<crypto::NetworkAccess> old_key_;
  file::FolderLock lock_;
};

}  // namespace dsn::cli
