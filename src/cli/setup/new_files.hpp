// SPDX-License-Identifier: Apache-2.0
// Files and folders that make sense together only.
#pragma once

#include <string>
#include <vector>

#include "dsn/result.hpp"
#include "file/atomic_file.hpp"

namespace dsn::cli {

/// What is made here goes again with this object, unless keep() was called.
class NewFiles {
 public:
  NewFiles() = default;
  NewFiles(const NewFiles&) = delete;
  NewFiles& operator=(const NewFiles&) = delete;
  ~NewFiles();

  /// Makes a folder, and the missing ones above it with mode 0755. One that exists stays as it is.
  [[nodiscard]] Result<void> make_folders(const std::string& path, file::FolderMode mode);
  /// Takes in a file that was made just now.
  void add(const std::string& path) { made_.push_back(path); }
  void keep() { made_.clear(); }

 private:
  std::vector<std::string> made_;
};

}  // namespace dsn::cli
