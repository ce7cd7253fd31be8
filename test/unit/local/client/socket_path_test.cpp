// SPDX-License-Identifier: Apache-2.0
#include "local/client/socket_path.hpp"

#include <gtest/gtest.h>

namespace dsn::local {
namespace {

TEST(SocketPath, TheVariableWins) {
  EXPECT_EQ(choose_socket_path({"/x/y.sock", "/run/user/1000", true, true}), "/x/y.sock");
  EXPECT_EQ(choose_socket_path({"", "/run/user/1000", false, false}),
            "/run/user/1000/dsn/agent.sock");
}

TEST(SocketPath, ThenTheAgentOfTheSystem) {
  EXPECT_EQ(choose_socket_path({{}, "/run/user/1000", true, false}), "/run/dsn/agent.sock");
  EXPECT_EQ(choose_socket_path({{}, "/run/user/0", false, true}), "/run/dsn/agent.sock");
}

TEST(SocketPath, ThenTheUsersOwn) {
  EXPECT_EQ(choose_socket_path({{}, "/run/user/1000", false, false}),
            "/run/user/1000/dsn/agent.sock");
  EXPECT_EQ(choose_socket_path({{}, {}, false, false}), "/run/dsn/agent.sock");
}

}  // namespace
}  // namespace dsn::local
