// SPDX-License-Identifier: Apache-2.0
// Where a demo keeps its nodes, and how other programs of the same user find it.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "dsn/result.hpp"

namespace dsn::cli {

/// Fixed places per user: `$XDG_RUNTIME_DIR`, else /tmp.
struct DemoPlace {
  std::string base;    ///< new demo folders are made in it
  std::string record;  ///< a symbolic link to the folder of the demo that runs

  [[nodiscard]] static DemoPlace usual();
};

/// The folder of one demo: mode 0700, with a folder per node that holds its configuration,
/// credentials, log, socket and process id. While the demo runs it holds a lock in it; so a folder
/// without that lock is what a killed demo left behind, and the next one removes it.
///
/// Nothing of another user is ever followed or removed: owners are checked, as /tmp is everybody's.
class DemoFolder {
 public:
  /// A new folder, recorded and locked. Fails if a demo of this user runs already.
  static Result<DemoFolder> create(const DemoPlace& place = DemoPlace::usual());
  /// The folder of the demo that runs.
  static Result<DemoFolder> find(const DemoPlace& place = DemoPlace::usual());

  /// Makes the nodes' folders and remembers their order.
  Result<void> add_nodes(const std::vector<std::string>& names);
  [[nodiscard]] std::vector<std::string> nodes() const;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string node_path(const std::string& node) const { return path_ + "/" + node; }
  [[nodiscard]] std::string socket(const std::string& node) const;

  /// A further node, whose folder is made here.
  Result<void> add_node(const std::string& name);

  /// What another program asks the running demo to do with a node.
  enum class Wish { restart, clone, clock };
  Result<void> record_wish(const std::string& node, Wish wish) const;
  /// Whether this was asked for; it is then forgotten.
  [[nodiscard]] bool take_wish(const std::string& node, Wish wish) const;

  /// The address of dsn-web, if it runs in this demo.
  Result<void> record_page(const std::string& url) const;
  [[nodiscard]] std::optional<std::string> page() const;

  Result<void> record_pid(const std::string& node, pid_t pid) const;
  /// The process of a node, if it is still there and really one of this folder.
  [[nodiscard]] std::optional<pid_t> running_pid(const std::string& node) const;
  /// The socket of the first node that is neither dead nor frozen.
  [[nodiscard]] std::optional<std::string> first_socket() const;

  /// Deletes everything. Of a demo that one made oneself only.
  void remove();

 private:
  DemoFolder(std::string path, std::string record, Descriptor lock)
      : path_(std::move(path)), record_(std::move(record)), lock_(std::move(lock)) {}

  std::string path_;
  std::string record_;
  Descriptor lock_;  ///< none in a folder that was found
};

/// Behind the name of a node whose clone it is.
inline constexpr const char* kCloneSuffix = "-clone";

/// Whether a process is stopped by a signal.
[[nodiscard]] bool is_frozen(pid_t pid);

}  // namespace dsn::cli
