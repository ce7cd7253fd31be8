// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/new_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

#include "base/path.hpp"

namespace dsn::cli {
namespace {

/// As far as it works: a file that stays root's is said to be unreadable by the agent itself.
void give_to_owner_of_folder(const std::string& path) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(parent_folder(path).c_str(), &folder) != 0) return;
  if (folder.st_uid != 0 && ::lchown(path.c_str(), folder.st_uid, folder.st_gid) != 0) return;
}

}  // namespace

NewFiles::~NewFiles() {
  for (auto path = made_.rbegin(); path != made_.rend(); ++path) (void)std::remove(path->c_str());
}

Result<void> NewFiles::make_folders(const std::string& path, file::FolderMode mode) {
  std::vector<std::string> made;
  Result<void> result =
      file::make_folders(parent_folder(path), file::FolderMode::readable, file::Sync::no, &made);
  if (result) result = file::make_folders(path, mode, file::Sync::no, &made);
  for (const std::string& folder : made) add(folder);
  return result;
}

void NewFiles::add(const std::string& path) {
  give_to_owner_of_folder(path);
  made_.push_back(path);
}

}  // namespace dsn::cli
