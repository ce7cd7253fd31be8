// SPDX-License-Identifier: Apache-2.0
#include "net/port_owner.hpp"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/number_text.hpp"
#include "base/process_name.hpp"

namespace dsn::net {
namespace {

namespace fs = std::filesystem;

struct Owner {
  std::string user;
  std::string inode;  // of the socket
};

/// A line of /proc/net/udp or udp6, if its socket has that port:
///   sl local:port remote:port state queues timer:when retransmits user timeout inode ...
std::optional<Owner> owner_in(const std::string& line, std::uint16_t port) {
  std::istringstream words(line);
  std::array<std::string, 10> word;
  for (std::string& one : word) words >> one;
  const std::size_t colon = word[1].rfind(':');
  if (!words || colon == std::string::npos) return std::nullopt;
  if (number_of_hex<std::uint16_t>(word[1].substr(colon + 1)) != port) return std::nullopt;
  return Owner{word[7], word[9]};
}

std::vector<Owner> owners_of(std::uint16_t port) {
  std::vector<Owner> owners;
  for (const char* path : {"/proc/net/udp", "/proc/net/udp6"}) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
      if (auto owner = owner_in(line, port)) owners.push_back(std::move(*owner));
    }
  }
  return owners;
}

bool has_open(const fs::path& process, const std::string& inode) {
  const std::string socket = "socket:[" + inode + "]";
  std::error_code error;
  for (fs::directory_iterator it(process / "fd", error), end; !error && it != end;
       it.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(it->path(), unreadable) == socket) return true;
  }
  return false;
}

/// 0 if none of those that this process may see.
int process_with(const std::string& inode) {
  std::error_code error;
  for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
    const auto process = number_of<int>(it->path().filename().string());
    if (process && has_open(it->path(), inode)) return *process;
  }
  return 0;
}

}  // namespace

std::string udp_port_owner(std::uint16_t port) {
  std::string text = "another program";
  for (const Owner& owner : owners_of(port)) {
    const int process = process_with(owner.inode);
    text = process != 0 ? process_text(process) : "a program of user " + owner.user;
    // A socket of this process may have the port in the other family.
    if (process != getpid()) break;
  }
  return text;
}

}  // namespace dsn::net
