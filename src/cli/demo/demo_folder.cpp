// SPDX-License-Identifier: Apache-2.0
#include "cli/demo/demo_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/environment.hpp"

namespace dsn::cli {
namespace {

constexpr std::string_view kFolderPrefix = "dsn-demo.";
constexpr const char* kNoDemo = "no demo is running; start one in another terminal: dsn demo";
/// A longer path leaves no room for "/workshop/agent.sock" in a socket address.
constexpr std::size_t kBaseBytesMax = 60;

bool is_own_folder(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
}

/// Where an own record leads, if to something that can be a demo's folder.
std::optional<std::string> read_record(const std::string& record) {
  struct stat info {};
  if (::lstat(record.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return std::nullopt;
  if (info.st_uid != ::geteuid()) return std::nullopt;
  std::array<char, 256> target;
  const ssize_t size = ::readlink(record.c_str(), target.data(), target.size());
  if (size <= 0 || static_cast<std::size_t>(size) >= target.size()) return std::nullopt;
  std::string folder(target.data(), static_cast<std::size_t>(size));
  const std::size_t slash = folder.rfind('/');
  if (slash == std::string::npos) return std::nullopt;
  if (!std::string_view(folder).substr(slash + 1).starts_with(kFolderPrefix)) return std::nullopt;
  return folder;
}

Descriptor open_lock(const std::string& folder, int flags) {
  return Descriptor(
      ::open((folder + "/lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600));
}

bool is_locked(const std::string& folder) {
  const Descriptor lock = open_lock(folder, 0);
  return lock.is_open() && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
}

void remove_tree(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Error failure(const std::string& what, const std::string& path) {
  return {fmt::format("cannot {} {}: {}", what, path, std::strerror(errno))};
}

std::string wish_path(const std::string& node_folder, DemoFolder::Wish wish) {
  switch (wish) {
    case DemoFolder::Wish::restart:
      return node_folder + "/restart";
    case DemoFolder::Wish::clone:
      return node_folder + "/clone";
    case DemoFolder::Wish::clock:
      return node_folder + "/clock";
  }
  return node_folder;
}

}  // namespace

DemoPlace DemoPlace::usual() {
  const std::string runtime = environment("XDG_RUNTIME_DIR");
  if (runtime.starts_with('/') && runtime.size() <= kBaseBytesMax && is_own_folder(runtime)) {
    return {runtime, runtime + "/dsn-demo"};
  }
  return {"/tmp", fmt::format("/tmp/dsn-demo-{}", ::geteuid())};
}

Result<DemoFolder> DemoFolder::create(const DemoPlace& place) {
  if (const auto old = read_record(place.record)) {
    if (is_own_folder(*old)) {
      if (is_locked(*old)) return Error{"a demo is already running in " + *old};
      remove_tree(*old);
    }
    ::unlink(place.record.c_str());
  }
  std::string folder = fmt::format("{}/{}XXXXXX", place.base, kFolderPrefix);
  if (::mkdtemp(folder.data()) == nullptr) return failure("make a folder in", place.base);
  Descriptor lock = open_lock(folder, O_CREAT);
  if (!lock.is_open() || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    const Error error = failure("lock", folder);
    remove_tree(folder);
    return error;
  }
  DemoFolder demo(folder, place.record, std::move(lock));
  if (::symlink(folder.c_str(), place.record.c_str()) != 0) {
    const Error error = failure("record the demo in", place.record);
    demo.record_.clear();  // whoever's it is, it is not ours to remove
    demo.remove();
    return error;
  }
  return demo;
}

Result<DemoFolder> DemoFolder::find(const DemoPlace& place) {
  const auto folder = read_record(place.record);
  if (!folder || !is_own_folder(*folder) || !is_locked(*folder)) return Error{kNoDemo};
  return DemoFolder(*folder, place.record, Descriptor());
}

void DemoFolder::remove() {
  if (!lock_.is_open()) return;
  if (!record_.empty()) ::unlink(record_.c_str());
  remove_tree(path_);
}

Result<void> DemoFolder::add_nodes(const std::vector<std::string>& names) {
  std::ofstream list(path_ + "/nodes");
  for (const std::string& name : names) {
    if (::mkdir(node_path(name).c_str(), 0700) != 0) return failure("make", node_path(name));
    list << name << '\n';
  }
  list.close();
  if (!list) return failure("write", path_ + "/nodes");
  return {};
}

Result<void> DemoFolder::add_node(const std::string& name) {
  if (::mkdir(node_path(name).c_str(), 0700) != 0) return failure("make", node_path(name));
  std::ofstream list(path_ + "/nodes", std::ios::app);
  list << name << '\n';
  list.close();
  if (!list) return failure("write", path_ + "/nodes");
  return {};
}

Result<void> DemoFolder::record_wish(const std::string& node, Wish wish) const {
  const std::string path = wish_path(node_path(node), wish);
  if (!std::ofstream(path)) return failure("write", path);
  return {};
}

bool DemoFolder::take_wish(const std::string& node, Wish wish) const {
  return ::unlink(wish_path(node_path(node), wish).c_str()) == 0;
}

std::vector<std::string> DemoFolder::nodes() const {
  std::vector<std::string> names;
  std::ifstream list(path_ + "/nodes");
  for (std::string name; std::getline(list, name);) names.push_back(name);
  return names;
}

std::string DemoFolder::socket(const std::string& node) const {
  return node_path(node) + "/agent.sock";
}

Result<void> DemoFolder::record_page(const std::string& url) const {
  std::ofstream file(path_ + "/page");
  file << url;
  file.close();
  if (!file) return failure("write", path_ + "/page");
  return {};
}

std::optional<std::string> DemoFolder::page() const {
  std::string url = read_text(path_ + "/page");
  return url.empty() ? std::nullopt : std::optional(std::move(url));
}

Result<void> DemoFolder::record_pid(const std::string& node, pid_t pid) const {
  std::ofstream file(node_path(node) + "/pid");
  file << pid << '\n';
  file.close();
  if (!file) return failure("write", node_path(node) + "/pid");
  return {};
}

std::optional<pid_t> DemoFolder::running_pid(const std::string& node) const {
  const std::string text = read_text(node_path(node) + "/pid");
  pid_t pid = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (parsed.ec != std::errc() || pid <= 1) return std::nullopt;
  // The kernel may have given the number to another process since.
  const std::string command = read_text(fmt::format("/proc/{}/cmdline", pid));
  if (command.find(node_path(node) + "/") == std::string::npos) return std::nullopt;
  return pid;
}

std::optional<std::string> DemoFolder::first_socket() const {
  for (const std::string& node : nodes()) {
    const auto pid = running_pid(node);
    if (pid && !is_frozen(*pid)) return socket(node);
  }
  return std::nullopt;
}

bool is_frozen(pid_t pid) {
  // "123 (name) T ..."; the name may hold anything, a parenthesis too.
  const std::string text = read_text(fmt::format("/proc/{}/stat", pid));
  const std::size_t name_end = text.rfind(')');
  return name_end != std::string::npos && name_end + 2 < text.size() && text[name_end + 2] == 'T';
}

}  // namespace dsn::cli
