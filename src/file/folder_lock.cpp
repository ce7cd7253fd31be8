// SPDX-License-Identifier: Apache-2.0
#include "file/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <sstream>

#include "base/process_name.hpp"

namespace dsn::file {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The process that has the lock, as a line of /proc/locks tells if it is about `inode`; 0 if not:
///   1: FLOCK  ADVISORY  WRITE 1234 08:01:131074 0 EOF
int owner_in(const std::string& line, ino_t inode) {
  std::istringstream words(line);
  std::string kind;
  std::string file;
  std::string passed_over;
  int process = 0;
  words >> passed_over >> kind >> passed_over >> passed_over >> process >> file;
  const bool is_it = kind == "FLOCK" && file.ends_with(":" + std::to_string(inode));
  return words && is_it ? process : 0;
}

/// 0 if the kernel does not tell: it shows no process of another container.
int owner_of(const Descriptor& folder) {
  struct stat status {};
  const std::unique_ptr<std::FILE, FileCloser> locks(std::fopen("/proc/locks", "re"));
  if (!locks || ::fstat(folder.get(), &status) != 0) return 0;
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), locks.get()) != nullptr) {
    if (const int process = owner_in(line.data(), status.st_ino); process > 0) return process;
  }
  return 0;
}

}  // namespace

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  if (this != &other) release();
  folder_ = std::move(other.folder_);
  return *this;
}

Result<FolderLock> FolderLock::take(const std::string& folder) {
  FolderLock lock;
  lock.folder_.reset(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!lock.is_held() || ::flock(lock.folder_.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  const bool is_taken = errno == EWOULDBLOCK;
  const Descriptor other(lock.folder_.release());
  if (!is_taken) return lock;
  const int owner = owner_of(other);
  return Error{folder + " is in use by " + (owner > 0 ? process_text(owner) : "another process"),
               ErrorCode::refused};
}

// A process that was forked has the descriptor too, and closing ours alone would leave it locked.
void FolderLock::release() {
  if (is_held()) ::flock(folder_.get(), LOCK_UN);
  folder_.reset();
}

}  // namespace dsn::file
