// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/bytes.hpp"

namespace dsn::local {

namespace {

std::string shown(const Value& value) { return dump_json(value_to_json(value)); }

std::optional<Value> parsed(std::string_view text) {
  const auto json = parse_json(text);
  return json ? value_from_json(*json) : std::nullopt;
}

Value from_cbor_hex(std::string_view hex) {
  const auto value = Value::from_cbor(*from_hex(hex));
  EXPECT_TRUE(value) << hex;
  return value.value_or(Value());
}

struct Pair {
  const char* cbor_hex;
  const char* json;
};

TEST(JsonCodec, ValuesAndJsonAreTheSameBothWays) {
  constexpr std::array<Pair, 25> kPairs = {{
      {"f6", "null"},
      {"f5", "true"},
      {"f4", "false"},
      {"00", "0"},
      {"20", "-1"},
      {"1bffffffffffffffff", "18446744073709551615"},
      {"3b7fffffffffffffff", "-9223372036854775808"},
      {"1b0020000000000001", "9007199254740993"},  // beyond 2^53: stays exact
      {"f94d40", "21.0"},                          // a real stays a real
      {"fb4035666666666666", "21.4"},
      {"f98000", "-0.0"},
      {"60", R"("")"},
      {"6568c3a96c6c", R"("héll")"},
      {"696c696e650a09220001", R"("line\n\t\"\u0000\u0001")"},
      {"80", "[]"},
      {"83010203", "[1,2,3]"},
      {"a0", "{}"},
      {"a2616101626262820203", R"({"a":1,"bb":[2,3]})"},
      {"4300ff10", R"({"$bytes":"00ff10"})"},
      {"40", R"({"$bytes":""})"},
      {"a20102617803", R"({"$map":[[1,2],["x",3]]})"},
      // A map that only looks like our notation.
      {"a1662462797465736130", R"({"$$bytes":"0"})"},
      {"a1672424627974657301", R"({"$$$bytes":1})"},
      {"a1642466756e01", R"({"$fun":1})"},
      // Two keys: no mistaking it, so nothing is added.
      {"a26179016624627974657301", R"({"y":1,"$bytes":1})"},
  }};
  for (const Pair& pair : kPairs) {
    const Value value = from_cbor_hex(pair.cbor_hex);
    EXPECT_EQ(shown(value), pair.json) << pair.cbor_hex;
    const auto back = parsed(pair.json);
    ASSERT_TRUE(back) << pair.json;
    EXPECT_EQ(to_hex(back->cbor()), pair.cbor_hex) << pair.json;
  }
}

TEST(JsonCodec, NumbersThatJsonCannotSay) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(shown(Value::real(std::nan(""))), "null");
  EXPECT_EQ(non_finite_note(Value::real(std::nan(""))), "nan");
  EXPECT_EQ(non_finite_note(Value::real(kInfinity)), "inf");
  EXPECT_EQ(non_finite_note(Value::real(-kInfinity)), "-inf");
  EXPECT_FALSE(non_finite_note(Value::real(1.5)));
  EXPECT_FALSE(non_finite_note(Value::integer(1)));
  for (const char* note : {"nan", "inf", "-inf"}) {
    const auto value = value_from_note(note);
    ASSERT_TRUE(value);
    EXPECT_EQ(non_finite_note(*value), note);
  }
  EXPECT_FALSE(value_from_note("infinity"));
  // CBOR reaches twice as far below zero as a signed 64-bit number.
  EXPECT_EQ(shown(from_cbor_hex("3bffffffffffffffff")), "-1.8446744073709552e+19");
}

TEST(JsonCodec, DepthIsBounded) {
  EXPECT_TRUE(parsed("[[[[[[[[1]]]]]]]]"));
  EXPECT_FALSE(parsed("[[[[[[[[[1]]]]]]]]]"));
  EXPECT_TRUE(parse_json(std::string(kJsonDepthMax, '[') + std::string(kJsonDepthMax, ']')));
  EXPECT_FALSE(
      parse_json(std::string(kJsonDepthMax + 1, '[') + std::string(kJsonDepthMax + 1, ']')));
  EXPECT_FALSE(parse_json(std::string(60'000, '[')));
  // Brackets inside of a text are no levels.
  EXPECT_TRUE(parse_json("\"" + std::string(1000, '[') + "\\\"" + std::string(1000, '{') + "\""));
  // The deepest map of maps survives both ways.
  const Value deep = from_cbor_hex("a101a101a101a101a101a101a101a10102");
  EXPECT_EQ(parsed(shown(deep)), deep);
}

TEST(JsonCodec, RefusesWhatIsNoJson) {
  for (const char* text : {"", " ", "{", "nul", "01", "+1", "1.", "'a'", "[1,]", "{\"a\"}", "1 2",
                           "\"\xff\"", "\"\\ud800\"", "NaN", "1e999", "\"a\nb\"", "{\"a\":1}}"}) {
    EXPECT_FALSE(parse_json(text)) << text;
  }
}

TEST(JsonCodec, RefusesWhatIsNoValue) {
  for (const char* text : {R"({"$bytes":"0"})", R"({"$bytes":"zz"})", R"({"$bytes":1})",
                           R"({"$map":1})", R"({"$map":[1]})", R"({"$map":[[1]]})",
                           R"({"$map":[[1,2,3]]})", R"({"$map":[[1,2],[1,3]]})"}) {
    EXPECT_FALSE(parsed(text)) << text;
  }
  EXPECT_TRUE(parsed("\"" + std::string(kJsonValueBytesMax - 3, 'x') + "\""));
  EXPECT_FALSE(parsed("\"" + std::string(kJsonValueBytesMax - 2, 'x') + "\""));
}

TEST(JsonCodec, TextThatIsNotUtf8IsRepairedInOutput) {
  EXPECT_EQ(dump_json(JsonOut("a\xff")), "\"a\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace dsn::local
