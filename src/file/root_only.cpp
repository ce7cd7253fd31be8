// SPDX-License-Identifier: Apache-2.0
#include "file/root_only.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <climits>
#include <cstdint>
#include <string_view>

#include "base/path.hpp"
#include "file/atomic_file.hpp"
#include "file/owner_only.hpp"

namespace dsn::file {
namespace {

constexpr int kLinksMax = 40;  // as the kernel follows

/// The owner of all that belongs to users outside of this user namespace, as in a container:
/// nobody in here is one of them.
constexpr uid_t kUnmapped = 65534;
constexpr std::size_t kMapBytesMax = std::size_t{16} * 1024;  // of 340 lines

/// The next number of a text with blanks; nothing at its end.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

bool is_mapped(std::uint64_t user) {
  const auto map = read_small_file("/proc/self/uid_map", kMapBytesMax);
  std::string_view text = map && *map ? as_text(**map) : std::string_view();
  while (const auto first = take_number(text)) {
    const auto outside = take_number(text);
    const auto count = take_number(text);
    if (outside && count && user >= *first && user - *first < *count) return true;
  }
  return false;
}

bool is_roots(const struct stat& status) {
  return status.st_uid == 0 || (status.st_uid == kUnmapped && !is_mapped(kUnmapped));
}

/// Whether the mode lets a group other than root's, or others, write. With an access list the bits
/// of the group are those of all that it names.
bool is_group_writable(const std::string& path, const struct stat& status) {
  if ((status.st_mode & S_IWGRP) == 0) return false;
  return status.st_gid != 0 || ::lgetxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

std::optional<Weakness> look_at(const std::string& path, const struct stat& status, bool sticky) {
  const bool roots = is_roots(status);
  const bool is_link = S_ISLNK(status.st_mode);  // its mode says nothing
  const bool writable =
      !is_link && !sticky && (is_group_writable(path, status) || (status.st_mode & S_IWOTH) != 0);
  if (roots && !writable) return std::nullopt;
  Weakness found{path, "belongs to user " + std::to_string(status.st_uid), ""};
  found.why += is_link ? " (a link)" : " (mode " + mode_text(status.st_mode) + ")";
  if (roots) {
    found.why =
        "has mode " + mode_text(status.st_mode) + " and group " + std::to_string(status.st_gid);
  }
  if (S_ISREG(status.st_mode)) {
    if (!roots) found.cure = "chown root:root " + path;
    if (writable) found.cure += (roots ? "" : " && ") + ("chmod go-w " + path);
  }
  return found;
}

std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  std::array<char, PATH_MAX> folder{};
  return ::getcwd(folder.data(), folder.size()) == nullptr ? "/" + path
                                                           : folder.data() + ("/" + path);
}

std::string link_target(const std::string& path) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
  return size <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

/// Cuts the first part of a path off, without its '/'.
std::string take_part(std::string& path) {
  path.erase(0, std::min(path.find_first_not_of('/'), path.size()));
  std::string part = path.substr(0, path.find('/'));
  path.erase(0, part.size());
  return part;
}

}  // namespace

std::optional<Weakness> find_weakness(const std::string& path) {
  std::string rest = absolute(path);
  std::string at;  // without links; the root folder is empty
  for (int links = 0; links < kLinksMax;) {
    struct stat folder {};
    const std::string folder_path = at.empty() ? "/" : at;
    const bool is_there = ::lstat(folder_path.c_str(), &folder) == 0;
    const std::string part = take_part(rest);
    const std::string next = at + "/" + part;
    struct stat status {};
    const bool found = is_there && !part.empty() && ::lstat(next.c_str(), &status) == 0;
    const bool is_sticky = found && S_ISDIR(folder.st_mode) && (folder.st_mode & S_ISVTX) != 0;
    if (auto weakness = look_at(folder_path, folder, is_sticky)) return weakness;
    if (part == "." || part == "..") {
      if (part == "..") at.erase(std::min(at.rfind('/'), at.size()));
    } else if (!found) {
      return std::nullopt;
    } else if (S_ISLNK(status.st_mode)) {
      if (auto weakness = look_at(next, status, false)) return weakness;
      const std::string target = link_target(next);
      if (target.starts_with('/')) at.clear();
      rest = target + "/" + rest;
      ++links;
    } else {
      at = next;
    }
  }
  return std::nullopt;
}

}  // namespace dsn::file
