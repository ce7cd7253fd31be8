// SPDX-License-Identifier: Apache-2.0
#include "net/net_counters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

namespace dsn::net {
namespace {

std::uint64_t value(const NetCounters& counters, const std::string& name) {
  for (const auto& [key, count] : counters.list()) {
    if (key == name) return count;
  }
  return 0;
}

TEST(NetCounters, NamesErrorsByCallAndErrno) {
  NetCounters counters;
  counters.add_error(Call::send, EPERM);
  counters.add_error(Call::send, EPERM);
  counters.add_error(Call::receive, ENOBUFS);
  counters.add_error(Call::join, 4711);
  EXPECT_EQ(value(counters, "send_EPERM"), 2U);
  EXPECT_EQ(value(counters, "receive_ENOBUFS"), 1U);
  EXPECT_EQ(value(counters, "join_errno_4711"), 1U);
  EXPECT_EQ(counters.error_count(Call::send, EPERM), 2U);
  EXPECT_EQ(counters.error_count(Call::receive, EPERM), 0U);
}

TEST(NetCounters, DoesNotGrowWithoutBound) {
  NetCounters counters;
  for (int error = 1; error <= 1000; ++error) counters.add_error(Call::send, error);
  counters.add_error(Call::send, 1);
  EXPECT_EQ(value(counters, "other_errors"), 1000 - NetCounters::kErrorKindsMax);
  EXPECT_EQ(counters.error_count(Call::send, 1), 2U);
}

}  // namespace
}  // namespace dsn::net
