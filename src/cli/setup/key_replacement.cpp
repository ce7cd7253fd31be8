// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/key_replacement.hpp"

#include <algorithm>
#include <utility>

#include "base/path.hpp"
#include "cli/setup/setup_files.hpp"
#include "config/load.hpp"
#include "core/session/keys.hpp"
#include "crypto/authority.hpp"
#include "crypto/keyring_file.hpp"
#include "crypto/psa_crypto.hpp"
#include "file/atomic_file.hpp"

namespace dsn::cli {
namespace {

bool is_same_key(const core::EpochKey& a, const core::EpochKey& b) {
  return a.epoch == b.epoch && std::ranges::equal(a.key.view(), b.key.view());
}

bool is_same_network(const crypto::NetworkAccess& a, const crypto::NetworkAccess& b) {
  return a.authority == b.authority && (a.authority || is_same_key(a.key, b.key));
}

/// Nothing if there is no such file.
Result<std::optional<crypto::NetworkAccess>> key_in(const std::string& path) {
  if (!file_exists(path)) return std::optional<crypto::NetworkAccess>();
  const auto key = crypto::load_network_key(path);
  if (key) return std::optional(*key);
  if (key.code() == ErrorCode::permission_denied) {
    return Error{key.error() + "; run it with sudo", key.code()};
  }
  return Error{key.error() + "; move it away, and run the command again"};
}

/// What the others gave this node since. A ring that cannot be read is not needed.
crypto::NetworkAccess newest_of(const crypto::NetworkAccess& key, const config::Config& config) {
  const auto stored =
      crypto::load_keyring(config.credential_dir.empty() ? crypto::default_credential_directory()
                                                         : config.credential_dir);
  return crypto::access_of(crypto::newest_of(key, stored ? *stored : std::nullopt));
}

Result<std::string> kept_path(const std::string& path, const crypto::NetworkAccess& access) {
  const auto id = network_id_of(access);
  if (!id) return id.failure();
  return path + ".of-" + *id;
}

}  // namespace

Result<std::string> network_id_of(const crypto::NetworkAccess& access) {
  Result<crypto::Identity> identity = crypto::create_identity();
  if (!identity) return identity.failure();
  crypto::PsaCrypto crypto(std::move(*identity));
  const core::NetworkKeys keys(crypto, access.key, {access.authority, {}});
  return to_hex(keys.network_id().bytes);
}

Result<KeyReplacement> KeyReplacement::begin(const std::string& config_file) {
  if (!file_exists(config_file)) {
    return Error{"there is no configuration " + config_file + ": sudo dsn join makes one"};
  }
  const auto loaded = config::load(config_file);
  if (!loaded.errors.empty()) {
    return Error{loaded.errors.front().to_string() +
                 "; correct it first: " + check_command(config_file)};
  }
  const config::Config& config = loaded.config;
  if (config.aes_key) {
    return Error{config_file +
                 " has the key of the network itself (aes_key): write 'aes_key_file: keys/k1.key' "
                 "in its place, and run the command again"};
  }
  if (config.aes_key_file.empty()) {
    return Error{config_file + " names no network key, so there is none to replace: sudo dsn join"};
  }
  if (config.aes_key_next) {
    return Error{config_file +
                 " has a second key of its network (aes_key_next): remove it, and run the command "
                 "again"};
  }
  KeyReplacement made;
  made.key_path_ = config.aes_key_file;
  const std::string folder = parent_folder(made.key_path_);
  made.authority_path_ = folder + "/authority.key";
  auto lock = file::FolderLock::take(folder);
  if (!lock) return lock.failure();
  made.lock_ = std::move(lock).value();
  const auto key = key_in(made.key_path_);
  if (!key) return key.failure();
  made.file_key_ = *key;
  if (*key) made.old_key_ = newest_of(**key, config);
  return made;
}

Result<KeyReplacement::Done> KeyReplacement::replace_with(
    const crypto::NetworkAccess& access) const {
  Done done;
  const bool stays = old_key_ && is_same_network(*old_key_, access);
  if (stays && access.key.epoch < old_key_->key.epoch) {
    return Error{"this invite is of key k" + std::to_string(access.key.epoch) +
                 " of the network in which this node has k" + std::to_string(old_key_->key.epoch) +
                 " already: take what 'dsn key invite' prints now on another node"};
  }
  if (!file_key_ || !is_same_network(*file_key_, access) ||
      !is_same_key(file_key_->key, access.key)) {
    const Result<void> replaced = replace_key(access, done);
    if (!replaced) return replaced.failure();
  }
  const Result<void> moved = move_authority(access, done);
  if (!moved) return moved.failure();
  return done;
}

// The copy of the old key is on the disk before anything changes.
Result<void> KeyReplacement::replace_key(const crypto::NetworkAccess& access, Done& done) const {
  if (old_key_ && !is_same_network(*old_key_, access)) {
    const auto kept = kept_path(key_path_, *old_key_);
    if (!kept) return kept.failure();
    if (auto stored = crypto::replace_network_key(*kept, *old_key_); !stored) return stored;
    done.old_key = *kept;
  }
  if (auto stored = crypto::replace_network_key(key_path_, access); !stored) return stored;
  done.changed = true;
  return {};
}

// An authority is that of one network, and goes and comes with its key.
Result<void> KeyReplacement::move_authority(const crypto::NetworkAccess& access, Done& done) const {
  if (file_exists(authority_path_)) {
    const auto authority = crypto::load_authority(authority_path_);
    if (!authority) return authority.failure();
    const core::KeyHash hash = crypto::authority_hash(*authority);
    if (hash == access.authority) return {};
    const auto kept = kept_path(authority_path_, {.key = {}, .authority = hash});
    if (!kept) return kept.failure();
    if (auto moved = file::rename_file(authority_path_, *kept); !moved) return moved;
    done.old_authority = *kept;
  }
  if (!access.authority) return {};
  const auto kept = kept_path(authority_path_, access);
  if (!kept) return kept.failure();
  if (!file_exists(*kept)) return {};
  if (auto moved = file::rename_file(*kept, authority_path_); !moved) return moved;
  done.back_authority = authority_path_;
  return {};
}

}  // namespace dsn::cli
