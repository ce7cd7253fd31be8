// SPDX-License-Identifier: Apache-2.0
// The files of a new node: where they belong, whether they can be written, and writing them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "base/path.hpp"
#include "cli/setup/setup_plan.hpp"
#include "crypto/identity.hpp"
#include "crypto/network_key.hpp"
#include "dsn/result.hpp"

namespace dsn::cli {

/// What the command line says about them.
struct SetupPlaces {
  std::string config;       ///< the configuration
  std::string key_file;     ///< of a key that exists already; empty: a new key is written
  std::string system_root;  ///< stands before /proc, /sys and /etc/machine-id
};

/// No file that exists is ever overwritten.
class SetupFiles {
 public:
  explicit SetupFiles(const SetupPlaces& places);

  /// Refuses what write() could not do, before anything is asked.
  [[nodiscard]] Result<void> look_before();

  /// False if the configuration exists, is good and lacks only the key, as that of a package does.
  /// Then a file with the key alone is written beside it.
  [[nodiscard]] bool is_new() const { return file_ == places_.config; }
  /// What has the network key that the configuration names: the key file, or the configuration;
  /// empty if there is none.
  [[nodiscard]] std::string network_key() const;
  [[nodiscard]] const std::string& key_path() const { return key_path_; }
  /// Where the authority of a new network is written: beside the key.
  [[nodiscard]] std::string authority_path() const {
    return parent_folder(key_path_) + "/authority.key";
  }
  /// The key file as the configuration names it: relative if it is in the same folder.
  [[nodiscard]] std::string key_setting() const;

  struct Written {
    std::string file;       ///< the configuration, or the file beside it
    std::size_t lines = 0;  ///< of that file
    std::string kept;       ///< the identity file, if there was one already
  };
  /// Writes the key, the authority of a new network, this node's identity and the configuration:
  /// all of them, or none.
  [[nodiscard]] Result<Written> write(const SetupPlan& plan, const crypto::NetworkAccess& access,
                                      const std::optional<crypto::Identity>& authority) const;

 private:
  [[nodiscard]] bool lacks_only_the_key() const;
  [[nodiscard]] Result<void> can_write() const;

  SetupPlaces places_;
  std::string folder_;    ///< of the configuration, with its '/'; may be empty
  std::string file_;      ///< the file to write
  std::string key_path_;  ///< of the network key
};

[[nodiscard]] bool file_exists(const std::string& path);

/// What to type for `dsn check`, with sudo for root, and with the file unless it is the usual one.
[[nodiscard]] std::string check_command(const std::string& config);

}  // namespace dsn::cli
