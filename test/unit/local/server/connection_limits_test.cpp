// SPDX-License-Identifier: Apache-2.0
#include "local/server/connection_limits.hpp"

#include <gtest/gtest.h>

namespace dsn::local {
namespace {

constexpr uid_t kAgent = 900;
constexpr uid_t kRoot = 0;

std::vector<uid_t> connections_of(std::initializer_list<std::pair<uid_t, std::size_t>> users) {
  std::vector<uid_t> all;
  for (const auto& [user, count] : users) all.insert(all.end(), count, user);
  return all;
}

bool admits(const std::vector<uid_t>& present, uid_t user) {
  return !connection_refusal(present, user, kAgent);
}

TEST(ConnectionLimits, AUserHasAShare) {
  EXPECT_TRUE(admits({}, 1000));
  EXPECT_TRUE(admits(connections_of({{1000, kConnectionsOfUserMax - 1}}), 1000));
  const auto full = connections_of({{1000, kConnectionsOfUserMax}});
  EXPECT_FALSE(admits(full, 1000));
  EXPECT_TRUE(admits(full, 1001));
  EXPECT_TRUE(admits(full, kRoot));
}

TEST(ConnectionLimits, SomeAreKeptForRootAndTheAgent) {
  const auto others = connections_of({{1000, 16}, {1001, 16}, {1002, 16}, {1003, 8}});
  EXPECT_FALSE(admits(others, 1003));
  EXPECT_FALSE(admits(others, 1004));
  EXPECT_TRUE(admits(others, kRoot));
  EXPECT_TRUE(admits(others, kAgent));
  // Those of root and the agent do not count as of others.
  EXPECT_TRUE(admits(connections_of({{kRoot, 20}, {kAgent, 20}, {1000, 15}}), 1000));
}

TEST(ConnectionLimits, NobodyHasMoreThanAll) {
  EXPECT_TRUE(admits(connections_of({{kRoot, kConnectionsMax - 1}}), kRoot));
  EXPECT_FALSE(admits(connections_of({{kRoot, kConnectionsMax}}), kRoot));
  EXPECT_FALSE(admits(connections_of({{kAgent, kConnectionsMax}}), 1000));
}

TEST(ConnectionLimits, ARefusalSaysWhoAndWhatToDo) {
  const auto refusal = connection_refusal(connections_of({{1000, 16}}), 1000, kAgent);
  EXPECT_EQ(refusal,
            "user 1000 has 16 connections to the agent, and there may be no more: end a program "
            "that is connected ('sudo ss -xp' lists them), or ask as root");
}

}  // namespace
}  // namespace dsn::local
