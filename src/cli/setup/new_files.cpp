// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/new_files.hpp"

#include <cstdio>

#include "base/path.hpp"

namespace dsn::cli {
NewFiles::~NewFiles() {
  for (auto path = made_.rbegin(); path != made_.rend(); ++path) (void)std::remove(path->c_str());
}

Result<void> NewFiles::make_folders(const std::string& path, file::FolderMode mode) {
  Result<void> result =
      file::make_folders(parent_folder(path), file::FolderMode::readable, file::Sync::no, &made_);
  if (result) result = file::make_folders(path, mode, file::Sync::no, &made_);
  return result;
}

}  // namespace dsn::cli
