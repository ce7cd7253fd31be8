// SPDX-License-Identifier: Apache-2.0
#include "base/duration.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace dsn::test {
namespace {

using std::chrono::milliseconds;

std::string objection(const char* text) {
  const auto span = parse_duration(text);
  return span ? "none" : span.error();
}

TEST(Duration, IsOneOrSeveralNumbersWithUnits) {
  EXPECT_EQ(parse_duration("500ms").value(), milliseconds(500));
  EXPECT_EQ(parse_duration("30s").value(), milliseconds(30'000));
  EXPECT_EQ(parse_duration("1m30s").value(), milliseconds(90'000));
  EXPECT_EQ(parse_duration("2h").value(), milliseconds(7'200'000));
  EXPECT_EQ(parse_duration("2h05m").value(), milliseconds(7'500'000));
  EXPECT_EQ(parse_duration("1m500ms").value(), milliseconds(60'500));
  EXPECT_EQ(parse_duration("7d").value(), milliseconds(604'800'000));
  EXPECT_EQ(parse_duration("0s").value(), milliseconds(0));
  EXPECT_EQ(parse_duration("36600d").value(), std::chrono::days(36'600));
}

TEST(Duration, SaysWhatToWriteInstead) {
  for (const char* text : {"", "s", "-5s", "+5", "often", "s5"}) {
    EXPECT_EQ(objection(text), "such as 500ms, 30s, 1m30s, 2h or 7d") << text;
  }
  EXPECT_EQ(objection("30"), "with a unit, such as 30s or 30ms");
  EXPECT_EQ(objection("1m30"), "with a unit, such as 1m30s or 1m30ms");
  EXPECT_EQ(objection("12345678"), "with a unit, such as 30s");
  EXPECT_EQ(objection("010s"), "without leading zeros");
  EXPECT_EQ(objection("1.5s"), "of a whole number, such as 1500ms for 1.5s");
  EXPECT_EQ(objection("1h1,5s"), "of a whole number, such as 1500ms for 1.5s");
  for (const char* text : {"5x", "5sm", "5min", "5 s", "1m 30s"}) {
    EXPECT_EQ(objection(text), "in ms, s, m, h or d") << text;
  }
  for (const char* text : {"36601d", "36600d1ms", "99999999999999999999s"}) {
    EXPECT_EQ(objection(text), "of at most 100 years") << text;
  }
}

TEST(Duration, IsInSecondsWithoutAUnitWhereThatIsAllowed) {
  EXPECT_EQ(parse_duration_or_seconds("30").value(), milliseconds(30'000));
  EXPECT_EQ(parse_duration_or_seconds("0").value(), milliseconds(0));
  EXPECT_EQ(parse_duration_or_seconds("1m30s").value(), milliseconds(90'000));
  EXPECT_FALSE(parse_duration_or_seconds("").ok());
  EXPECT_FALSE(parse_duration_or_seconds("soon").ok());
  EXPECT_FALSE(parse_duration_or_seconds("1m30").ok());
}

TEST(Duration, GoesThereAndBack) {
  for (const char* text : {"500ms", "1s", "90s", "5m", "2h", "1d", "36h"}) {
    EXPECT_EQ(duration_text(parse_duration(text).value()), text);
  }
  EXPECT_EQ(duration_text(milliseconds(60'000)), "1m");
  EXPECT_EQ(duration_text(milliseconds(0)), "0s");
}

TEST(Duration, HasTheGrammarOfItsPattern) {
  const std::regex pattern(kDurationPattern);
  for (const char* text : {"500ms", "0s", "1m30s", "2h05m", "1s1s"}) {
    EXPECT_TRUE(std::regex_match(text, pattern)) << text;
    EXPECT_TRUE(parse_duration(text).ok()) << text;
  }
  for (const char* text : {"", "30", "1m30", "010s", "1.5s", "s", "5x", "-5s", "5 s"}) {
    EXPECT_FALSE(std::regex_match(text, pattern)) << text;
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

}  // namespace
}  // namespace dsn::test
