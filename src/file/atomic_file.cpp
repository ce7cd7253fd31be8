// SPDX-License-Identifier: Apache-2.0
#include "file/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/descriptor.hpp"
#include "base/path.hpp"
#include "file/owner_only.hpp"

namespace dsn::file {
namespace {

Error failure(const char* action, const std::string& path, int error) {
  return {std::string("cannot ") + action + ' ' + path + ": " + std::strerror(error),
          error == EACCES ? ErrorCode::permission_denied : ErrorCode::failed};
}

int open_retrying(const std::string& path, int flags, mode_t mode = 0) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

// 0 or an errno.
int write_all(int fd, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

// A new name is on the disk only after a sync of its folder. Some network and FUSE file systems
// cannot sync a folder and fail with EINVAL, which is ignored.
int sync_folder(const std::string& path) {
  const Descriptor folder(open_retrying(parent_folder(path), O_RDONLY | O_DIRECTORY));
  if (!folder.is_open()) return errno;
  return ::fsync(folder.get()) == 0 || errno == EINVAL ? 0 : errno;
}

// What root makes in a folder of somebody else is that user's, as far as it works. By the
// descriptor of what was made: its name may be another file by now.
void give_to_owner_of_folder(int made, const std::string& path) {
  struct stat folder {};
  if (::geteuid() != 0 || ::stat(parent_folder(path).c_str(), &folder) != 0) return;
  if (folder.st_uid != 0) static_cast<void>(::fchown(made, folder.st_uid, folder.st_gid));
}

// 0 or an errno.
int make_one_folder(const std::string& path, FolderMode mode) {
  if (::mkdir(path.c_str(), 0700) != 0) return errno;
  const Descriptor folder(open_retrying(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (!folder.is_open()) return 0;
  give_to_owner_of_folder(folder.get(), path);
  // Some file systems have no modes and refuse.
  static_cast<void>(::fchmod(folder.get(), static_cast<mode_t>(mode)));
  return 0;
}

// Creates, fills and syncs a file that must not exist; removes it if a step fails.
// Returns 0 or an errno.
int write_new_file(const std::string& path, ByteView content, FileMode mode, Sync sync) {
  const auto bits = static_cast<mode_t>(mode);
  // Others have no access before the content is complete.
  const Descriptor file(open_retrying(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, bits & 0700));
  if (!file.is_open()) return errno;
  int error = write_all(file.get(), content);
  give_to_owner_of_folder(file.get(), path);
  if (error == 0 && ::fchmod(file.get(), bits) != 0) error = errno;
  if (error == 0 && sync == Sync::yes && ::fsync(file.get()) != 0) error = errno;
  if (error != 0) ::unlink(path.c_str());
  return error;
}

Result<std::optional<Bytes>> read_open_file(int fd, const std::string& path,
                                            std::size_t bytes_max) {
  // One byte more than allowed, and all of it at once: a vector that grows would leave copies of
  // a secret behind.
  Bytes content(bytes_max + 1);
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t count = ::read(fd, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure("read", path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > bytes_max) {
    return Error{"cannot read " + path + ": it has more than " + std::to_string(bytes_max) +
                 " bytes"};
  }
  content.resize(size);
  return std::optional(std::move(content));
}

// FAT has RENAME_NOREPLACE but no links, NFS has links but no flags of rename.
int rename_to_new_name(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  return ::link(from.c_str(), to.c_str()) == 0 && ::unlink(from.c_str()) == 0 ? 0 : errno;
}

std::string temporary_of(const std::string& path) { return path + ".tmp"; }

// 0 or an errno.
int write_temporary(const std::string& path, ByteView content, FileMode mode,
                    Sync sync = Sync::yes) {
  const std::string temporary = temporary_of(path);
  if (::unlink(temporary.c_str()) != 0 && errno != ENOENT) return errno;
  return write_new_file(temporary, content, mode, sync);
}

// Removes the temporary file that could not take its place.
Error replacement_failure(const char* action, const std::string& path, int error) {
  ::unlink(temporary_of(path).c_str());
  return failure(action, path, error);
}

Result<void> synced_folder(const std::string& path) {
  if (const int error = sync_folder(path)) return failure("sync the folder of", path, error);
  return {};
}

}  // namespace

Result<void> write_file_atomically(const std::string& path, ByteView content, FileMode mode,
                                   const std::string& previous) {
  if (const int error = write_temporary(path, content, mode)) {
    return failure("write", temporary_of(path), error);
  }
  // The new content is on the disk by now, so the next rename only needs its folder.
  if (!previous.empty() && ::rename(path.c_str(), previous.c_str()) != 0 && errno != ENOENT) {
    return replacement_failure("keep the previous", path, errno);
  }
  if (::rename(temporary_of(path).c_str(), path.c_str()) != 0) {
    return replacement_failure("replace", path, errno);
  }
  return synced_folder(path);
}

Result<void> replace_file(const std::string& path, ByteView content, FileMode mode) {
  if (const int error = write_temporary(path, content, mode, Sync::no)) {
    return failure("write", temporary_of(path), error);
  }
  if (::rename(temporary_of(path).c_str(), path.c_str()) != 0) {
    return replacement_failure("replace", path, errno);
  }
  return {};
}

Result<void> create_file(const std::string& path, ByteView content, FileMode mode) {
  if (const int error = write_temporary(path, content, mode)) {
    return failure("create", path, error);
  }
  if (const int error = rename_to_new_name(temporary_of(path), path)) {
    return replacement_failure("create", path, error);
  }
  Result<void> synced = synced_folder(path);
  if (!synced) ::unlink(path.c_str());
  return synced;
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", from, errno);
  return synced_folder(to);
}

Result<void> make_folder(const std::string& path) {
  const int error = make_one_folder(path, FolderMode::owner_only);
  if (error == EEXIST) return {};
  return error == 0 ? synced_folder(path) : failure("create the folder", path, error);
}

Result<void> make_folders(const std::string& path, FolderMode mode, Sync sync,
                          std::vector<std::string>* made) {
  for (std::size_t end = 0; end != std::string::npos && end < path.size();) {
    end = path.find('/', end + 1);
    const std::string folder = path.substr(0, end);
    struct stat status {};
    if (::stat(folder.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode)) continue;
      return Error{folder + " is not a folder"};
    }
    if (const int error = make_one_folder(folder, mode)) {
      if (error == EEXIST) continue;
      return failure("create the folder", folder, error);
    }
    if (made != nullptr) made->push_back(folder);
    if (sync == Sync::no) continue;
    if (const Result<void> synced = synced_folder(folder); !synced) return synced;
  }
  return {};
}

Result<std::optional<Bytes>> read_small_file(const std::string& path, std::size_t bytes_max,
                                             FileAccess access) {
  // Not blocking, because the open of a FIFO would wait for ever.
  const Descriptor file(open_retrying(path, O_RDONLY | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::optional<Bytes>();
    return failure("open", path, errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure("read", path, errno);
  if (!S_ISREG(status.st_mode)) return Error{"cannot read " + path + ": it is not a regular file"};
  if (access == FileAccess::owner_only && !is_owner_only(file.get(), status)) {
    return Error{path + " holds a secret but others have access to it (mode " +
                 mode_text(status.st_mode) + "): run 'chmod 600 " + path + "'"};
  }
  return read_open_file(file.get(), path, bytes_max);
}

}  // namespace dsn::file
