// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/new_files.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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

Result<void> NewFiles::make_folders(const std::string& path, mode_t mode) {
  for (std::size_t end = 0; end != std::string::npos && end < path.size();) {
    end = path.find('/', end + 1);
    const std::string folder = path.substr(0, end);
    const mode_t bits = folder == path ? mode : 0755;
    if (::mkdir(folder.c_str(), 0700) != 0) {
      if (errno == EEXIST) continue;
      return Error{fmt::format("cannot make the folder {}: {}", folder, std::strerror(errno))};
    }
    (void)::chmod(folder.c_str(), bits);  // whatever the umask is
    add(folder);
  }
  return {};
}

void NewFiles::add(const std::string& path) {
  give_to_owner_of_folder(path);
  made_.push_back(path);
}

}  // namespace dsn::cli
