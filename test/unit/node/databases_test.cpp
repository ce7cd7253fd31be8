// SPDX-License-Identifier: Apache-2.0
#include "node/databases.hpp"

#include <gtest/gtest.h>

namespace dsn::node {
namespace {

using namespace std::chrono_literals;

TEST(Databases, AreThePartBeforeTheFirstSlash) {
  const Databases databases({{.name = "cache"}, {.name = "a b"}});
  EXPECT_NE(databases.of("cache/page"), nullptr);
  EXPECT_EQ(databases.of("cache/page"), databases.of("cache/a/b"));
  EXPECT_NE(databases.of("a b/c"), nullptr);
  EXPECT_EQ(databases.of("cache"), nullptr);
  EXPECT_EQ(databases.of("cached/page"), nullptr);
  EXPECT_EQ(databases.of("@esp1/cache/page"), databases.of("cache/page"));
  EXPECT_EQ(databases.of("@cache/page"), nullptr);
}

TEST(Databases, AKeyExpiresOnceAfterItWasTouched) {
  Databases databases({{.name = "s", .expire = 10s}, {.name = "t"}});
  const Instant start = Instant{} + 1h;
  databases.touch("s/a", start);
  databases.touch("s/b", start + 5s);
  databases.touch("t/a", start);
  EXPECT_EQ(databases.next_due(), start + 10s);
  EXPECT_EQ(databases.take_expired(start + 9s).size(), 0U);
  EXPECT_EQ(databases.take_expired(start + 10s), std::vector<std::string>{"s/a"});
  EXPECT_EQ(databases.take_expired(start + 11s).size(), 0U);
  databases.remove("s/b");
  EXPECT_EQ(databases.next_due(), kNever);
  databases.replace({{.name = "t", .expire = 1s}}, {"s/a", "t/a"}, start);
  EXPECT_EQ(databases.take_expired(start + 1s), std::vector<std::string>{"t/a"});
}

}  // namespace
}  // namespace dsn::node
