// SPDX-License-Identifier: Apache-2.0
#include "file/owner_only.hpp"

#include <fcntl.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/descriptor.hpp"

namespace dsn::file {
namespace {

// The layout of linux/posix_acl_xattr.h: a version, then entries of tag, permissions and id.
constexpr std::uint32_t kAclVersion = 2;
constexpr std::size_t kAclHeaderBytes = 4;
constexpr std::size_t kAclEntryBytes = 8;
constexpr std::uint16_t kAclGroupObject = 0x04;
constexpr std::uint16_t kAclGroup = 0x08;
constexpr std::uint16_t kAclOther = 0x20;

// Room for thirty entries; a longer list counts as open to groups.
constexpr std::size_t kAclBytesMax = 256;

std::uint32_t little_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

}  // namespace

bool acl_opens_to_groups(ByteView acl) {
  if (acl.size() < kAclHeaderBytes || (acl.size() - kAclHeaderBytes) % kAclEntryBytes != 0 ||
      little_endian(acl.first(kAclHeaderBytes)) != kAclVersion) {
    return true;
  }
  for (std::size_t i = kAclHeaderBytes; i < acl.size(); i += kAclEntryBytes) {
    const std::uint32_t tag = little_endian(acl.subspan(i, 2));
    const std::uint32_t permissions = little_endian(acl.subspan(i + 2, 2));
    const bool group_or_other = tag == kAclGroupObject || tag == kAclGroup || tag == kAclOther;
    if (group_or_other && permissions != 0) return true;
  }
  return false;
}

bool is_owner_only(int fd, const struct stat& status) {
  if ((status.st_mode & 077) == 0) return true;
  // If there is a list, the group bits of the mode are its mask and say nothing about the group.
  // systemd passes credentials to a service with DynamicUser= so: mode 0440, and one named user.
  std::array<std::uint8_t, kAclBytesMax> acl{};
  const ssize_t size = ::fgetxattr(fd, "system.posix_acl_access", acl.data(), acl.size());
  return size >= 0 && !acl_opens_to_groups(ByteView(acl).first(static_cast<std::size_t>(size)));
}

std::string mode_text(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

Result<std::string> close_to_others(const std::string& path) {
  // Not blocking, because of FIFOs. The reader reports a file that is not regular or not readable.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      is_owner_only(file.get(), status)) {
    return std::string();
  }
  const std::string mode = mode_text(status.st_mode);
  if (status.st_uid == ::geteuid() && ::fchmod(file.get(), 0600) == 0 && ::fsync(file.get()) == 0) {
    return mode;
  }
  return Error{path + " holds a secret but others have access to it (mode " + mode +
               "): run 'chmod 600 " + path + "'"};
}

}  // namespace dsn::file
