// SPDX-License-Identifier: Apache-2.0
#include "local/server/peer_access.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace dsn::local {
namespace {

constexpr SocketAccess kGroup0660{.agent_user = 990, .socket_group = 985, .group_may_write = true};

TEST(PeerAccess, RootAndTheAgentsUserMayWrite) {
  EXPECT_TRUE(may_write({0, 0, {}}, kGroup0660));
  EXPECT_TRUE(may_write({990, 1, {}}, kGroup0660));
}

TEST(PeerAccess, MembersOfTheGroupMayWrite) {
  EXPECT_TRUE(may_write({1000, 985, {}}, kGroup0660));
  EXPECT_TRUE(may_write({1000, 1000, {4, 985}}, kGroup0660));
}

TEST(PeerAccess, OthersMayNotEvenIfTheyCouldConnect) {
  EXPECT_FALSE(may_write({1000, 1000, {4, 27}}, kGroup0660));
  const SocketAccess mode_0600{.agent_user = 990, .socket_group = 985, .group_may_write = false};
  EXPECT_FALSE(may_write({1000, 985, {985}}, mode_0600));
}

TEST(PeerAccess, TheKernelTellsWhoThePeerIs) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const auto peer = credentials_of(ends[0]);
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->user, ::geteuid());
  EXPECT_EQ(peer->group, ::getegid());
  ::close(ends[0]);
  ::close(ends[1]);
  EXPECT_FALSE(credentials_of(-1));
}

}  // namespace
}  // namespace dsn::local
