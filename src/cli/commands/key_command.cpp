// SPDX-License-Identifier: Apache-2.0
// dsn key: the key that the nodes of a network share.
#include <fmt/format.h>
#include <unistd.h>

#include "base/environment.hpp"
#include "base/path.hpp"
#include "base/private_memory.hpp"
#include "cli/command.hpp"
#include "cli/setup/setup_files.hpp"
#include "config/load.hpp"
#include "crypto/entropy.hpp"
#include "crypto/identity.hpp"
#include "crypto/invite.hpp"
#include "crypto/keyring_file.hpp"
#include "crypto/network_key.hpp"
#include "file/atomic_file.hpp"

namespace dsn::cli {
namespace {

/// The usual key file of the system's node (as root) or of a user's. Empty without a HOME.
std::string usual_key_file() {
  if (::geteuid() == 0) return "/etc/dsn/keys/k1.key";
  if (const std::string config = environment("XDG_CONFIG_HOME"); !config.empty()) {
    return config + "/dsn/k1.key";
  }
  const std::string home = environment("HOME");
  return home.empty() ? home : home + "/.config/dsn/k1.key";
}

/// Makes the folder of the usual key file, for its owner only. Existing folders stay as they are.
Result<void> make_folder_of(const std::string& path) {
  const std::string folder = parent_folder(path);
  // The agent's configuration is in /etc/dsn too, and is no secret.
  if (folder.starts_with("/etc/dsn/")) {
    const auto made = file::make_folders("/etc/dsn", file::FolderMode::readable, file::Sync::yes);
    if (!made) return made;
  }
  return file::make_folders(folder, file::FolderMode::owner_only, file::Sync::yes);
}

Result<void> make_key(const KeyNewOptions& options, const std::string& file) {
  if (file.empty()) return Error{"there is no HOME to put the key in; say where: --out FILE"};
  if (options.out.empty()) {
    if (const auto made = make_folder_of(file); !made) return made;
  }
  if (const auto ready = crypto::initialise_crypto(); !ready) return ready;
  return crypto::create_network_key(file);
}

/// The newest of the key file and of what the agent was given since.
Result<crypto::NetworkAccess> access_of(const std::string& config_file) {
  if (!file_exists(config_file)) {
    return Error{"there is no configuration " + config_file +
                 ", so this machine is no node yet: sudo dsn init or sudo dsn join makes it one; "
                 "or name another file with --config"};
  }
  const auto loaded = config::load(config_file);
  const config::Config& config = loaded.config;
  if (!config.aes_key && config.aes_key_file.empty()) {
    return Error{loaded.errors.empty()
                     ? config_file +
                           " names no network key: this node is in no network yet; sudo dsn "
                           "init makes one, and sudo dsn join takes an invite"
                     : loaded.errors.front().to_string() +
                           "; to see more: " + check_command(config_file)};
  }
  if (config.aes_key)
    return crypto::NetworkAccess{.key = {.key = *config.aes_key}, .authority = {}};
  const auto access = crypto::load_network_key(config.aes_key_file);
  if (!access || !access->authority) return access;
  const auto stored =
      crypto::load_keyring(config.credential_dir.empty() ? crypto::default_credential_directory()
                                                         : config.credential_dir);
  if (!stored) {
    return Error{stored.error() + "; until then run 'dsn key invite' on another node",
                 stored.code()};
  }
  return crypto::access_of(crypto::newest_of(*access, *stored));
}

}  // namespace

ExitCode run(Context& context, const KeyInviteOptions& options) {
  keep_memory_private();
  const auto ready = crypto::initialise_crypto();
  const auto key = ready ? access_of(options.config) : ready.failure();
  if (!key) {
    const bool denied = key.code() == ErrorCode::permission_denied;
    complain(
        context.program,
        key.error() + (denied ? "; only root may read the network key: sudo dsn key invite" : ""));
    return denied ? ExitCode::error : ExitCode::configuration;
  }
  crypto::SecretText invite(crypto::kInviteSize + 1);
  crypto::append_invite(invite, *key);
  invite.append("\n");
  context.output.write(invite.view());
  return written(context);
}

ExitCode run(Context& context, const KeyNewOptions& options) {
  keep_memory_private();
  const std::string file = options.out.empty() ? usual_key_file() : options.out;
  if (const auto made = make_key(options, file); !made) {
    const bool there = ::access(file.c_str(), F_OK) == 0;
    complain(context.program,
             made.error() + (there ? "; a key that is there is never overwritten. To make another: "
                                     "dsn key new --out FILE"
                                   : ""));
    return ExitCode::error;
  }
  if (!context.output.is_terminal()) {
    context.output.write(file + "\n");
    return written(context);
  }
  context.output.say(
      fmt::format("new network key in {0}\n"
                  "next: name it in the configuration of each node,  aes_key_file: {0}\n"
                  "and copy the file to the other nodes by a safe way, such as scp\n",
                  file));
  return written(context);
}

}  // namespace dsn::cli
