// SPDX-License-Identifier: Apache-2.0
#include "local/server/peer_access.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace dsn::local {
namespace {

/// NGROUPS_MAX is 65536; nobody who logs in by hand has more than this, and for the rest only
/// the primary group counts.
constexpr std::size_t kGroupsMax = 1024;

}  // namespace

std::optional<PeerCredentials> credentials_of(int socket) {
  ucred kernel{};
  socklen_t size = sizeof(kernel);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &kernel, &size) != 0) return std::nullopt;
  PeerCredentials peer{kernel.uid, kernel.gid, std::vector<gid_t>(kGroupsMax), kernel.pid};
  size = static_cast<socklen_t>(peer.more_groups.size() * sizeof(gid_t));
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, peer.more_groups.data(), &size) != 0)
    size = 0;
  peer.more_groups.resize(size / sizeof(gid_t));
  return peer;
}

SocketAccess access_of(const std::string& socket_path) {
  SocketAccess access;
  access.agent_user = ::geteuid();
  struct stat info {};
  if (::stat(socket_path.c_str(), &info) != 0) return access;
  access.socket_group = info.st_gid;
  access.group_may_write = (info.st_mode & S_IWGRP) != 0;
  return access;
}

bool may_write(const PeerCredentials& peer, const SocketAccess& access) {
  if (peer.user == 0 || peer.user == access.agent_user) return true;
  if (!access.group_may_write) return false;
  const auto& more = peer.more_groups;
  return peer.group == access.socket_group ||
         std::find(more.begin(), more.end(), access.socket_group) != more.end();
}

}  // namespace dsn::local
