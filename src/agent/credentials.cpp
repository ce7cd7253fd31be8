// SPDX-License-Identifier: Apache-2.0
#include "agent/credentials.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

namespace dsn::agent {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

// Made with its parents, as a first start on a new machine needs; that it cannot be made shows
// when the identity is saved.
void make_directory(const std::string& directory) {
  std::error_code ignored;
  const std::filesystem::path path(directory);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
}

Result<Identity> load_identity_or_go_on(const std::string& directory,
                                        std::vector<std::string>& warnings) {
  Result<std::optional<Identity>> loaded = load_identity(directory);
  if (!loaded) return Error{loaded.error()};
  if (loaded->has_value()) return **loaded;
  Result<Identity> created = create_identity();
  if (!created) return created;
  make_directory(directory);
  if (const Result<void> saved = save_identity(directory, *created); !saved) {
    warnings.push_back(
        "the identity of this node could not be saved, and the next start makes a "
        "new one: " +
        saved.error());
  }
  return created;
}

}  // namespace

std::string credential_directory(const config::Config& config) {
  if (!config.credential_dir.empty()) return config.credential_dir;
  if (const std::string given = from_environment("STATE_DIRECTORY"); !given.empty()) return given;
  if (geteuid() == 0) return "/var/lib/dsn";
  if (const std::string state = from_environment("XDG_STATE_HOME"); !state.empty()) {
    return state + "/dsn";
  }
  return from_environment("HOME") + "/.local/state/dsn";
}

Result<Credentials> load_credentials(const config::Config& config) {
  Credentials credentials;
  credentials.directory = credential_directory(config);
  Result<Identity> identity = load_identity_or_go_on(credentials.directory, credentials.warnings);
  if (!identity) return Error{identity.error()};
  credentials.identity = std::move(identity).value();
  if (config.aes_key) {
    credentials.network_key = *config.aes_key;
  } else if (!config.aes_key_file.empty()) {
    Result<NetworkKey> key = load_network_key(config.aes_key_file);
    if (!key) {
      const bool missing = access(config.aes_key_file.c_str(), F_OK) != 0 && errno == ENOENT;
      const std::string next = missing
                                   ? " (make one with: dsn key new --out " + config.aes_key_file +
                                         ", or copy the one of your other nodes)"
                                   : "";
      return Error{config.file + ": aes_key_file: " + key.error() + next};
    }
    credentials.network_key = *key;
  }
  return credentials;
}

}  // namespace dsn::agent
