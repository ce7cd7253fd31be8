// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/setup_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/setup/new_files.hpp"
#include "config/config_file.hpp"
#include "config/default_file.hpp"
#include "config/load.hpp"
#include "crypto/authority.hpp"
#include "file/atomic_file.hpp"

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

fs::path absolute(const std::string& path) {
  std::error_code error;
  return fs::absolute(path, error);
}

Error already_there(const std::string& path, const std::string& remedy) {
  return {path + " is there already and stays as it is" + remedy};
}

/// Makes an identity unless there is one; returns the file of the one that was there.
Result<std::string> make_identity(NewFiles& files, const std::string& system_root) {
  const std::string folder = crypto::default_credential_directory();
  std::string path = crypto::identity_path(folder);
  if (file_exists(path)) return path;
  Result<crypto::Identity> identity = crypto::create_identity();
  if (!identity) return identity.failure();
  identity->machine = crypto::marks_of(crypto::machine_ids(system_root), {});
  if (auto made = files.make_folders(folder, file::FolderMode::owner_only); !made)
    return made.failure();
  if (auto saved = crypto::save_new_identity(folder, *identity); !saved) return saved.failure();
  files.add(path);
  return std::string();
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

std::string check_command(const std::string& config) {
  const std::string command = ::geteuid() == 0 ? "sudo dsn check" : "dsn check";
  return config == config::kDefaultFile ? command : command + " " + config;
}

SetupFiles::SetupFiles(const SetupPlaces& places)
    : places_(places), folder_(config::folder_of(places.config)), file_(places.config) {
  key_path_ = places.key_file.empty() ? folder_ + "keys/k1.key"
                                      : absolute(places.key_file).lexically_normal().string();
}

std::string SetupFiles::key_setting() const {
  return key_path_.starts_with(folder_) ? key_path_.substr(folder_.size()) : key_path_;
}

Result<void> SetupFiles::look_before() {
  if (file_exists(places_.config)) {
    if (!lacks_only_the_key()) {
      return already_there(places_.config, ": change it, then run " +
                                               check_command(places_.config) +
                                               "; or name another file with --config");
    }
    file_ = folder_ + "conf.d/network-key.yaml";
    if (file_exists(file_)) return already_there(file_, "");
  }
  if (places_.key_file.empty() && file_exists(key_path_)) {
    return already_there(key_path_, ": to use this key, run dsn init --key " + key_path_);
  }
  return can_write();
}

bool SetupFiles::lacks_only_the_key() const {
  const auto loaded = config::load(places_.config, places_.system_root);
  return loaded.errors.empty() && !loaded.config.aes_key && loaded.config.aes_key_file.empty();
}

std::string SetupFiles::network_key() const {
  if (!file_exists(places_.config)) return {};
  const config::Config config = config::load(places_.config, places_.system_root).config;
  return config.aes_key ? places_.config : config.aes_key_file;
}

/// The innermost folder that exists decides.
Result<void> SetupFiles::can_write() const {
  fs::path folder = absolute(places_.config).parent_path();
  while (!file_exists(folder) && folder.has_relative_path()) folder = folder.parent_path();
  // The dot makes a file in the place of a folder an error of its own.
  if (::faccessat(AT_FDCWD, (folder / ".").c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
  const int error = errno;
  return Error{
      fmt::format("cannot write to {}: {}{}", folder.string(), std::strerror(error),
                  error == EACCES ? "; run it with sudo, or name another file with --config" : "")};
}

Result<SetupFiles::Written> SetupFiles::write(
    const SetupPlan& plan, const crypto::NetworkAccess& access,
    const std::optional<crypto::Identity>& authority) const {
  NewFiles files;
  if (!folder_.empty()) {
    auto made =
        files.make_folders(folder_.substr(0, folder_.size() - 1), file::FolderMode::readable);
    if (!made) return made.failure();
  }
  if (places_.key_file.empty()) {
    if (auto made = files.make_folders(folder_ + "keys", file::FolderMode::owner_only); !made)
      return made.failure();
    if (auto stored = crypto::store_network_key(key_path_, access); !stored)
      return stored.failure();
    files.add(key_path_);
    if (authority) {
      auto stored = crypto::store_authority(authority_path(), *authority);
      if (!stored) return stored.failure();
      files.add(authority_path());
    }
  }
  auto kept = make_identity(files, places_.system_root);
  if (!kept) return kept.failure();
  if (!is_new()) {
    if (auto made = files.make_folders(folder_ + "conf.d", file::FolderMode::readable); !made)
      return made.failure();
  }
  const std::string text = is_new() ? configuration_text(plan) : key_text(plan);
  auto created = file::create_file(file_, as_bytes(text), file::FileMode::readable);
  if (!created) return created.failure();
  files.add(file_);
  files.keep();
  return Written{.file = file_,
                 .lines = static_cast<std::size_t>(std::ranges::count(text, '\n')),
                 .kept = std::move(kept).value()};
}

}  // namespace dsn::cli
