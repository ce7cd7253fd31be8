// SPDX-License-Identifier: Apache-2.0
#include "local/server/listen_socket.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <optional>

#include "base/descriptor.hpp"
#include "base/path.hpp"

namespace dsn::local {
namespace {

constexpr mode_t kSocketMode = 0660;
constexpr mode_t kFolderMode = 0755;
/// Connections that wait to be accepted; more than a burst of tools on one machine ever makes.
constexpr int kBacklog = 64;

Error failure(const std::string& what, const std::string& path, int number) {
  return {"cannot " + what + " " + path + ": " + std::strerror(number)};
}

Result<void> make_folder(const std::string& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return Error{folder + " is not a folder, so no socket can be made in it"};
  }
  if (errno != ENOENT) return failure("look at", folder, errno);
  if (const auto above = make_folder(parent_folder(folder)); !above) return above;
  if (::mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
    return failure("make the folder", folder, errno);
  }
  // A tight umask would lock the group's members out of a folder that they need to pass.
  ::chmod(folder.c_str(), kFolderMode);
  return {};
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// Deletes what a dead agent left behind.
Result<void> clear_the_way(const std::string& path, const sockaddr_un& address) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return {};
    return failure("look at", path, errno);
  }
  if (!S_ISSOCK(info.st_mode)) return Error{path + " exists and is not a socket; not touching it"};
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (probe.get() < 0) return failure("make a socket for", path, errno);
  const int connected = ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address),
                                  static_cast<socklen_t>(sizeof(address)));
  // EAGAIN: somebody listens and is so busy that its backlog is full.
  if (connected == 0 || errno == EAGAIN) return Error{"another agent is running on " + path};
  if (errno != ECONNREFUSED) return failure("tell whether an agent is running on", path, errno);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return failure("remove the left-over socket", path, errno);
  }
  return {};
}

/// Neither call has to succeed: an agent that is not root keeps its own group.
void give_to_group(const std::string& path) {
  if (const group* entry = ::getgrnam(kSocketGroup); entry != nullptr) {
    if (::chown(path.c_str(), static_cast<uid_t>(-1), entry->gr_gid) != 0) return;
  }
}

/// Waits for other agents that start in the same folder, which takes them microseconds. Anyone who
/// may read the folder can hold this lock, so after a second it goes on without.
void lock_briefly(int folder) {
  const timespec pause{0, 5'000'000};
  for (int i = 0; i < 200 && ::flock(folder, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK; ++i) {
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

Result<int> open_listen_socket(const std::string& path) {
  const std::optional<sockaddr_un> address = address_of(path);
  if (!address) {
    return Error{"the socket path '" + path + "' is empty or longer than " +
                 std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes"};
  }
  const std::string folder = parent_folder(path);
  if (const auto made = make_folder(folder); !made) return made.failure();

  // Two agents that start at once must not each take the other's socket for a left-over one, so
  // the look and the bind happen under a lock on the folder, which leaves no file behind.
  const Descriptor lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  lock_briefly(lock.get());
  if (const auto cleared = clear_the_way(path, *address); !cleared) return cleared.failure();

  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return failure("make a socket for", path, errno);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address),
             static_cast<socklen_t>(sizeof(*address))) != 0) {
    return failure("make the socket", path, errno);
  }
  // Nobody can connect before listen(), so there is no moment with a wider mode.
  give_to_group(path);
  if (::chmod(path.c_str(), kSocketMode) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    const int number = errno;
    ::unlink(path.c_str());
    return failure("listen on", path, number);
  }
  return socket.release();
}

FileIdentity identity_of(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino};
}

}  // namespace dsn::local
