// SPDX-License-Identifier: Apache-2.0
#include "base/key_name.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace dsn::test {
namespace {

TEST(SensorKey, IsMadeOfPartsThatBeginWithALetter) {
  const std::regex pattern(kSensorKeyPattern);
  for (const char* text : {"a", "room/temperature", "net/eth0/rx", "a_b/0", "x1/_y"}) {
    EXPECT_TRUE(is_sensor_key(text)) << text;
    EXPECT_TRUE(is_key_name(text)) << text;
    EXPECT_TRUE(std::regex_match(text, pattern)) << text;
  }
  for (const char* text :
       {"", "A", "0a", "_a", "/a", "a/", "a//b", "a-b", "a b", "a.b", "\xc3\xa4"}) {
    EXPECT_FALSE(is_sensor_key(text)) << text;
    EXPECT_FALSE(std::regex_match(text, pattern)) << text;
  }
}

TEST(KeyName, IsAnyTextWithoutWhatHidesOrControls) {
  for (const char* text : {"A", "0a", "_a", "a-b", "a b", "a.b", "\xc3\xa4", "T\xc3\xbcr/1"}) {
    EXPECT_TRUE(is_key_name(text)) << text;
  }
  for (const char* text :
       {"", "/a", "a/", "a//b", " a", "a ", "a\nb", "a\x1b[2J", "\xff", "a\xe2\x80\xae"}) {
    EXPECT_FALSE(is_key_name(text)) << text;
  }
}

TEST(KeyName, HasAtMost64Bytes) {
  EXPECT_TRUE(is_sensor_key(std::string(64, 'k')));
  EXPECT_FALSE(is_sensor_key(std::string(65, 'k')));
  EXPECT_TRUE(is_key_name(std::string(64, 'k')));
  EXPECT_FALSE(is_key_name(std::string(65, 'k')));
}

}  // namespace
}  // namespace dsn::test
