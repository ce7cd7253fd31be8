// SPDX-License-Identifier: Apache-2.0
#include "dsn/value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "base/bytes.hpp"

namespace dsn::test {
namespace {

std::string hex_of(const Value& value) { return to_hex(value.cbor()); }

std::optional<Value> decoded(std::string_view hex) {
  return Value::from_cbor(from_hex(hex).value());
}

TEST(Value, IsKeptAsItsEncoding) {
  EXPECT_EQ(hex_of(Value()), "f6");
  EXPECT_EQ(hex_of(Value::boolean(true)), "f5");
  EXPECT_EQ(hex_of(Value::integer(-100)), "3863");
  EXPECT_EQ(hex_of(Value::real(21.5)), "f94d60");
  EXPECT_EQ(hex_of(Value::text("hi")), "626869");
  EXPECT_EQ(hex_of(Value::text("")), "60");
  EXPECT_EQ(hex_of(Value::bytes(Bytes{1, 2})), "420102");
  EXPECT_EQ(Value::text(std::string(300, 'x')).cbor().size(), 303U);
}

TEST(Value, TurnsTextThatIsNotUtf8IntoBytes) {
  EXPECT_EQ(hex_of(Value::text("\xff")), "41ff");
  EXPECT_FALSE(Value::text("\xff").as_text());
}

TEST(Value, AnswersAsItsOwnTypeOnly) {
  EXPECT_TRUE(Value().is_null());
  EXPECT_FALSE(Value().as_boolean());
  EXPECT_EQ(Value::boolean(false).as_boolean(), false);
  EXPECT_EQ(Value::boolean(true).as_boolean(), true);
  EXPECT_FALSE(Value::boolean(true).as_integer());
  EXPECT_EQ(Value::integer(7).as_integer(), 7);
  EXPECT_FALSE(Value::integer(0).as_boolean());
  EXPECT_FALSE(Value::real(7).as_integer());
  EXPECT_EQ(Value::text("a").as_text(), "a");
  EXPECT_FALSE(Value::bytes(Bytes{'a'}).as_text());
  EXPECT_FALSE(Value::text("1").as_number());
  EXPECT_FALSE(decoded("80")->as_number());
  EXPECT_FALSE(decoded("a0")->is_null());
}

TEST(Value, IsANumberIfIntegerOrReal) {
  EXPECT_EQ(Value::integer(-3).as_number(), -3.0);
  EXPECT_EQ(Value::real(0.1).as_number(), 0.1);
  EXPECT_TRUE(
      std::isnan(Value::real(std::numeric_limits<double>::quiet_NaN()).as_number().value()));
  const std::optional<Value> above = decoded("1bffffffffffffffff");
  EXPECT_FALSE(above->as_integer());
  EXPECT_EQ(above->as_number(), 0x1p64);
  const std::optional<Value> below = decoded("3bffffffffffffffff");
  EXPECT_FALSE(below->as_integer());
  EXPECT_EQ(below->as_number(), -0x1p64);
}

TEST(Value, TakesOneDeterministicItem) {
  EXPECT_EQ(hex_of(decoded("a26161016162820203").value()), "a26161016162820203");
  EXPECT_TRUE(decoded("8181818181818180"));
  EXPECT_FALSE(decoded(""));
  EXPECT_FALSE(decoded("0000"));
  EXPECT_FALSE(decoded("1801"));
  EXPECT_FALSE(decoded("c000"));
  EXPECT_FALSE(decoded("818181818181818180"));
}

TEST(Value, IsEqualByItsBytes) {
  EXPECT_EQ(decoded("07").value(), Value::integer(7));
  EXPECT_NE(Value::real(7), Value::integer(7));
  EXPECT_EQ(Value::real(std::numeric_limits<double>::quiet_NaN()),
            Value::real(-std::numeric_limits<double>::quiet_NaN()));
}

TEST(Value, AnswersNothingAfterItWasMovedFrom) {
  Value value = Value::integer(1);
  const Value taken = std::move(value);
  EXPECT_EQ(taken.as_integer(), 1);
  EXPECT_FALSE(value.as_integer());  // NOLINT(bugprone-use-after-move)
  EXPECT_FALSE(value.is_null());     // NOLINT(bugprone-use-after-move)
}

TEST(Value, AnArrayIsReadAsItWasMade) {
  const std::vector<Value> elements{Value::integer(1), Value::text("two"), Value()};
  const std::optional<Value> array = Value::array(elements);
  ASSERT_TRUE(array);
  EXPECT_EQ(array->as_array(), elements);
  EXPECT_FALSE(array->as_map());
  EXPECT_EQ(Value::array({})->as_array()->size(), 0U);
}

TEST(Value, AMapIsReadAsItWasMade) {
  const std::pair<std::string, Value> members[] = {{"level", Value::real(0.5)},
                                                   {"on", Value::boolean(true)}};
  const std::optional<Value> map = Value::map(members);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->find("on")->as_boolean(), true);
  EXPECT_EQ(map->find("level")->as_number(), 0.5);
  EXPECT_FALSE(map->find("off"));
  EXPECT_FALSE(Value::integer(1).find("on"));
  ASSERT_EQ(map->as_map()->size(), 2U);
  EXPECT_EQ(map->as_map()->front().first.as_text(), "on");  // the shorter key is the first
  const std::pair<std::string, Value> twice[] = {{"a", Value()}, {"a", Value()}};
  EXPECT_FALSE(Value::map(twice));
  const std::pair<std::string, Value> no_text[] = {{"\xff", Value()}};
  EXPECT_FALSE(Value::map(no_text));
}

TEST(Value, IsNestedEightDeepAtMost) {
  Value value;
  for (int depth = 0; depth < 8; ++depth) value = Value::array({&value, 1}).value();
  EXPECT_FALSE(Value::array({&value, 1}));
  const std::pair<std::string, Value> member[] = {{"a", value}};
  EXPECT_FALSE(Value::map(member));
}

}  // namespace
}  // namespace dsn::test
