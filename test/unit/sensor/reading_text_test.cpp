// SPDX-License-Identifier: Apache-2.0
#include "sensor/reading_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dsn::sensor {
namespace {

using namespace std::string_literals;

/// The number of a text as a file or a program gives it; 0 if it is none.
double number(const std::string& bytes) {
  const auto value = number_value(plain_text(bytes));
  return value ? value->as_number().value_or(0) : 0;
}

TEST(ReadingText, IsWhatWasMeant) {
  EXPECT_EQ(plain_text(" open \r\n"), "open");
  EXPECT_EQ(plain_text("a\xc2\xa0"
                       "b"),
            "a\xc2\xa0"
            "b");  // within a text it stays
  EXPECT_EQ(plain_text("\xff\xfe\xe4\0 \0b\0"s), "\xc3\xa4 b");
  EXPECT_EQ(plain_text("\xff\xfe\x3d\xd8"s), "\xef\xbf\xbd");
  EXPECT_EQ(plain_text("\0\0\0"s), "");
  EXPECT_EQ(plain_text("\xef\xbb\xbf"), "");
}

TEST(ReadingText, FindsTheNumberBesideWhatCannotBeSeen) {
  EXPECT_EQ(number("\xef\xbb\xbf"
                   "21.5\n"),
            21.5);
  EXPECT_EQ(number("21.5\xc2\xa0\n"), 21.5);
  EXPECT_EQ(number("\xe2\x80\x8b\xe2\x80\xaf"
                   "21.5 \xc2\xa0 \n"),
            21.5);
  EXPECT_EQ(number("21.5\0\0"s), 21.5);
  EXPECT_EQ(number("\xff\xfe"
                   "2\0"
                   "1\0.\0"
                   "5\0\r\0\n\0"s),
            21.5);
  EXPECT_EQ(number("\xfe\xff\0"
                   "2\0"
                   "1"s),
            21);
  EXPECT_EQ(number("2\0"
                   "1\0"s),
            21);  // UTF-16 without a mark
  EXPECT_EQ(number("\xe2\x88\x92"
                   "5.5"),
            -5.5);
  EXPECT_EQ(number("+3"), 3);
}

TEST(ReadingText, TakesNothingElseForANumber) {
  for (const char* text : {"", "nan", "-inf", "N/A", "21,5", "21.5 C", "temp=42.8'C", "1e400",
                           "0x1A", "[21.5, 33]", "+-3", "\xe2\x88\x92-3", "1 2", "--5", "true"}) {
    EXPECT_FALSE(number_value(text)) << text;
  }
}

TEST(ReadingText, SaysWhatIsWrongWithANumber) {
  const auto said = [](std::string_view text) { return no_number(Value::text(text)); };
  EXPECT_EQ(said("21,5"), "'21,5' is no number: it has a decimal comma, where a point is meant");
  EXPECT_EQ(said("nan"), "'nan' is no number");
  EXPECT_EQ(said("21.5 C"),
            "'21.5 C' is no number: the number must stand alone, without its name or unit");
  EXPECT_EQ(said("1e400"), "'1e400' is no number: it is too large, or it has a mistake");
  EXPECT_EQ(said("21.5"), "'21.5' is no number: it is a text, and a number has no quotes");
  EXPECT_EQ(said("21\xc2\xa0"
                 "500")
                    .find("it has a character that is none of a number") == std::string::npos,
            false);
  EXPECT_EQ(no_number(Value::boolean(true)), "true is no number");
}

}  // namespace
}  // namespace dsn::sensor
