// SPDX-License-Identifier: Apache-2.0
#include "node/credentials.hpp"

#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <span>
#include <utility>

#include "base/environment.hpp"
#include "crypto/machine.hpp"
#include "file/atomic_file.hpp"
#include "file/owner_only.hpp"

namespace dsn::node {
namespace {

// As ssh does with its keys, but a file that is ours is closed instead of refused.
Result<void> close_secret(const std::string& path, std::vector<std::string>& warnings) {
  const Result<std::string> mode = file::close_to_others(path);
  if (!mode) return mode.failure();
  if (!mode->empty()) {
    warnings.push_back(path + " holds a secret and others had access to it (mode " + *mode +
                       "); it is 0600 now: replace the key if somebody may have read it");
  }
  return {};
}

// Writes today's marks of the machine into the file if it has none or other ones. If the disk does
// not take them, the next start tries again, and nothing is lost.
void bind_to(Credentials& credentials, std::span<const crypto::MachineId> machine, bool adopt) {
  crypto::Identity& identity = credentials.identity;
  std::vector<crypto::MachineMark> known;
  if (!adopt) known = identity.machine;
  std::vector<crypto::MachineMark> marks = crypto::marks_of(machine, known);
  if (marks == identity.machine) return;
  identity.machine = std::move(marks);
  (void)crypto::save_identity(credentials.directory, identity);
}

Result<void> make_identity(Credentials& credentials, std::span<const crypto::MachineId> machine) {
  Result<crypto::Identity> created = crypto::create_identity();
  if (!created) return created.failure();
  credentials.identity = std::move(created).value();
  credentials.identity.machine = crypto::marks_of(machine, {});
  credentials.kept = keep_identity(credentials).ok();
  if (!credentials.copied) return {};
  const std::string aside = set_aside_path(credentials.directory, *credentials.copied);
  credentials.warnings.push_back(
      "this card or folder was copied from another machine: its node.key is kept as " + aside +
      " and this node has a new identity (if this machine replaces the other one, move the file "
      "back and start once with --adopt)");
  return {};
}

Result<void> lock_folder(Credentials& credentials) {
  // On a first start the folders above it may be missing too. Saving the identity reports an error.
  (void)file::make_folders(credentials.directory, file::FolderMode::owner_only, file::Sync::yes);
  Result<file::FolderLock> lock = file::FolderLock::take(credentials.directory);
  if (!lock) {
    return Error{"credential_dir " + lock.error() +
                     ": two nodes cannot have one identity; end the other one, or give this one a "
                     "`credential_dir` of its own",
                 lock.code()};
  }
  credentials.lock = std::move(lock).value();
  return {};
}

Result<void> load_or_make_identity(Credentials& credentials, const CredentialSettings& settings) {
  const std::string& directory = credentials.directory;
  if (Result<void> locked = lock_folder(credentials); !locked) return locked;
  for (const char* name : {"/node.key", "/network.keys", "/state.cbor", "/state.cbor.old"}) {
    if (Result<void> closed = close_secret(directory + name, credentials.warnings); !closed) {
      return closed;
    }
  }
  Result<std::optional<crypto::Identity>> loaded = crypto::load_identity(directory);
  if (!loaded) return loaded.failure();
  const std::vector<crypto::MachineId> machine = crypto::machine_ids(settings.system_root);
  if (!loaded->has_value()) return make_identity(credentials, machine);
  if (!settings.adopt && crypto::is_another_machine((*loaded)->machine, machine)) {
    credentials.copied = (*loaded)->id;
    return make_identity(credentials, machine);
  }
  credentials.identity = std::move(**loaded);
  bind_to(credentials, machine, settings.adopt);
  return {};
}

/// The path of the copy that the service manager handed over, or else of the file itself.
std::string handed_over(const std::string& path) {
  const std::string folder = environment("CREDENTIALS_DIRECTORY");
  if (folder.empty() || !path.starts_with(kKeyFolder)) return path;
  const std::string copy = folder + "/keys_" + path.substr(sizeof kKeyFolder - 1);
  return access(copy.c_str(), F_OK) == 0 ? copy : path;
}

std::string advice_on_key(const std::string& path) {
  if (access(path.c_str(), R_OK) == 0) return "";
  const bool is_denied = errno == EACCES;
  // A service may not look into the folder of keys: a key that it was not handed is missing.
  const bool is_service = !environment("CREDENTIALS_DIRECTORY").empty();
  const bool is_of_service = path.starts_with(kKeyFolder);
  if (errno == ENOENT || (is_denied && is_service && is_of_service)) {
    return " (make one with: dsn key new --out " + path + ", or copy the one of your other nodes)";
  }
  if (is_denied && is_of_service) {
    return "; only root may read it. Does the service run already? systemctl status dsn-agent";
  }
  return "";
}

}  // namespace

Result<Credentials> load_credentials(const CredentialSettings& settings) {
  Credentials credentials;
  credentials.directory =
      settings.folder.empty() ? crypto::default_credential_directory() : settings.folder;
  if (const auto identity = load_or_make_identity(credentials, settings); !identity) {
    return identity.failure();
  }
  return credentials;
}

Result<void> add_network_key(Credentials& credentials, const std::string& file) {
  const std::string path = handed_over(file);
  if (Result<void> closed = close_secret(path, credentials.warnings); !closed) return closed;
  Result<crypto::NetworkAccess> key = crypto::load_network_key(path);
  if (key) {
    credentials.network_key = *key;
    return {};
  }
  return Error{key.error() + advice_on_key(path)};
}

Result<void> keep_identity(const Credentials& credentials) {
  const std::string& directory = credentials.directory;
  if (credentials.copied) {
    Result<std::optional<crypto::Identity>> present = crypto::load_identity(directory);
    if (!present) return present.failure();
    if (present->has_value() && (*present)->id == *credentials.copied) {
      const std::string aside = set_aside_path(directory, *credentials.copied);
      if (auto renamed = file::rename_file(crypto::identity_path(directory), aside); !renamed)
        return renamed;
    }
  }
  return crypto::save_new_identity(directory, credentials.identity);
}

std::string set_aside_path(const std::string& directory, const NodeId& id) {
  return crypto::identity_path(directory) + ".of-" + id.hex();
}

}  // namespace dsn::node
