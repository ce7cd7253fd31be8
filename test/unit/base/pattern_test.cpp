// SPDX-License-Identifier: Apache-2.0
#include "base/pattern.hpp"

#include <gtest/gtest.h>

#include "base/key_name.hpp"

namespace dsn {
namespace {

TEST(Pattern, FitsWhatItSays) {
  EXPECT_TRUE(fits("attic", "attic"));
  EXPECT_FALSE(fits("attic", "attics"));
  EXPECT_TRUE(fits("*", ""));
  EXPECT_TRUE(fits("sensor_*", "sensor_attic"));
  EXPECT_FALSE(fits("sensor_*", "station"));
  EXPECT_TRUE(fits("room/*", "room/a/b")) << "a slash is a character as any other";
  EXPECT_TRUE(fits("*/temperature", "room/temperature"));
  EXPECT_TRUE(fits("pi?", "pi4"));
  EXPECT_TRUE(fits("pi[3-5]", "pi4"));
  EXPECT_FALSE(fits("pi[3-5]", "pi2"));
}

TEST(Pattern, FitsItself) {
  EXPECT_TRUE(fits("list[0]", "list[0]"));
  EXPECT_TRUE(fits("list[0]", "list0"));
}

TEST(Pattern, WithManyStarsTakesNoTime) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  EXPECT_FALSE(fits(pattern + "*b", std::string(64, 'a')));
}

TEST(Pattern, IsToldFromANameByItsCharacters) {
  EXPECT_TRUE(is_pattern("a*"));
  EXPECT_TRUE(is_pattern("a?"));
  EXPECT_TRUE(is_pattern("[ab]"));
  EXPECT_FALSE(is_pattern("attic~9ea6"));
  EXPECT_FALSE(is_pattern(""));
}

TEST(Database, IsTheFirstPartOfAKey) {
  EXPECT_EQ(database_of("room/door/open"), "room");
  EXPECT_EQ(database_of("door"), "");
}

}  // namespace
}  // namespace dsn
