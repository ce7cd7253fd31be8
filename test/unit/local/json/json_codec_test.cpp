// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_codec.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/bytes.hpp"
#include "local/json/json_append.hpp"
#include "local/json/json_text.hpp"

namespace dsn::local {

namespace {

std::string shown(const Value& value) { return value_json(value); }

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
  constexpr std::array<Pair, 9> kPairs = {{
      {"f97e00", R"({"$float":"NaN"})"},
      {"f97c00", R"({"$float":"Infinity"})"},
      {"f9fc00", R"({"$float":"-Infinity"})"},
      {"82f97e00a16178f97c00", R"([{"$float":"NaN"},{"x":{"$float":"Infinity"}}])"},
      // CBOR reaches twice as far below zero as a signed 64-bit number.
      {"3b8000000000000000", R"({"$int":"-9223372036854775809"})"},
      {"3bfffffffffffffffe", R"({"$int":"-18446744073709551615"})"},
      {"3bffffffffffffffff", R"({"$int":"-18446744073709551616"})"},
      // Maps that only look like these.
      {"a16624666c6f6174634e614e", R"({"$$float":"NaN"})"},
      {"a16424696e7401", R"({"$$int":1})"},
  }};
  for (const Pair& pair : kPairs) {
    EXPECT_EQ(shown(from_cbor_hex(pair.cbor_hex)), pair.json) << pair.cbor_hex;
    const auto back = parsed(pair.json);
    ASSERT_TRUE(back) << pair.json;
    EXPECT_EQ(to_hex(back->cbor()), pair.cbor_hex) << pair.json;
  }
}

TEST(JsonCodec, RealsKeepTheirPointAndTheirDigits) {
  for (const char* text : {"0.1", "1000000.0", "123456789012345.0", "1e+15", "1e-07", "5e-324",
                           "1.7976931348623157e+308", "-2.5"}) {
    EXPECT_EQ(shown(parsed(text).value_or(Value())), text);
  }
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
  for (const char* text :
       {R"({"$bytes":"0"})", R"({"$bytes":"zz"})", R"({"$bytes":1})", R"({"$map":1})",
        R"({"$map":[1]})", R"({"$map":[[1]]})", R"({"$float":"nan"})", R"({"$float":1.5})",
        R"({"$int":-1})", R"({"$int":"5"})", R"({"$int":"-9223372036854775808"})",
        R"({"$int":"-18446744073709551617"})", R"({"$int":"--1"})",
        R"({"$int":"-9223372036854775809x"})", R"({"$int":""})", R"({"$map":[[1,2,3]]})",
        R"({"$map":[[1,2],[1,3]]})"}) {
    EXPECT_FALSE(parsed(text)) << text;
  }
  EXPECT_TRUE(parsed("\"" + std::string(kJsonValueBytesMax - 3, 'x') + "\""));
  EXPECT_FALSE(parsed("\"" + std::string(kJsonValueBytesMax - 2, 'x') + "\""));
}

TEST(JsonCodec, TextThatIsNotUtf8IsRepairedInOutput) {
  std::string out = "x";
  append_text(out, "a\xff");
  EXPECT_EQ(out, "x\"a\xef\xbf\xbd\"");
}

TEST(JsonCodec, ElementsOfAnAnswerAreHandedOutOneByOne) {
  std::vector<std::string> taken;
  const auto take = [&taken](std::uint64_t id, const JsonIn& json) {
    if (id == 1) taken.push_back(json.dump());
    return id == 1;
  };
  const auto rest = parse_answer(R"({"id":1,"result":[{"a":[{"b":1}]},{"c":2},3],"x":{}})", take);
  ASSERT_TRUE(rest);
  EXPECT_EQ(taken, (std::vector<std::string>{R"({"a":[{"b":1}]})", R"({"c":2})"}));
  EXPECT_EQ((*rest)["result"], JsonIn({3}));
  const auto other = parse_answer(R"({"id":2,"result":[{"id":1}],"x":{"id":1}})", take);
  EXPECT_EQ((*other)["result"][0]["id"], 1);
  EXPECT_EQ(taken.size(), 2U);
  EXPECT_FALSE(parse_answer(R"({"id":1,"result":[{"a":1},)", take));
  EXPECT_FALSE(parse_answer(std::string(60'000, '['), take));
}

}  // namespace
}  // namespace dsn::local
