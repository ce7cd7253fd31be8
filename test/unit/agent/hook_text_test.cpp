// SPDX-License-Identifier: Apache-2.0
#include "agent/hook_text.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace dsn::agent {
namespace {

using namespace std::chrono_literals;

HookEvent about(const Value& value) {
  HookEvent event{"change", "cellar", "c0ffee", "room/t", Reading(), Instant{} + 1h};
  event.reading->node = "cellar";
  event.reading->key = "room/t";
  event.reading->value = value;
  event.reading->unit = "Cel";
  event.reading->age = 250ms;
  return event;
}

std::string variable(const HookEvent& event, const std::string& name) {
  for (const std::string& text : environment_of("h", event, event.at + 2s)) {
    if (text.starts_with(name + "=")) return text.substr(name.size() + 1);
  }
  return "none";
}

std::string value_of(const Value& value) { return variable(about(value), "DSN_VALUE"); }

TEST(HookEnvironment, HasTheFacts) {
  EXPECT_EQ(environment_of("h", about(Value::real(21.5)), Instant{} + 1h + 2s),
            (std::vector<std::string>{"DSN_HOOK=h", "DSN_EVENT=change", "DSN_NODE=cellar",
                                      "DSN_NODE_ID=c0ffee", "DSN_KEY=room/t",
                                      "DSN_MESSAGE=", "DSN_VALUE=21.5", "DSN_UNIT=Cel",
                                      "DSN_AGE_MS=2250", "DSN_ERROR=", "DSN_RETURNED="}));
  const HookEvent gone{"gone", "cellar", "c0ffee", "", std::nullopt, Instant{}, std::nullopt};
  EXPECT_EQ(
      environment_of("h", gone, Instant{}),
      (std::vector<std::string>{"DSN_HOOK=h", "DSN_EVENT=gone", "DSN_NODE=cellar",
                                "DSN_NODE_ID=c0ffee", "DSN_KEY=", "DSN_MESSAGE=", "DSN_VALUE=",
                                "DSN_UNIT=", "DSN_AGE_MS=", "DSN_ERROR=", "DSN_RETURNED="}));
}

TEST(HookEnvironment, ShowsValuesAsAScriptWantsThem) {
  EXPECT_EQ(value_of(Value::integer(-7)), "-7");
  EXPECT_EQ(value_of(Value::boolean(true)), "true");
  EXPECT_EQ(value_of(Value()), "");
  EXPECT_EQ(value_of(Value::text("a \"b\" $(c) `d`")), "a \"b\" $(c) `d`");
  const std::uint8_t bytes[] = {0, 255};
  EXPECT_EQ(value_of(Value::bytes(bytes)), R"({"$bytes":"00ff"})");
  EXPECT_EQ(value_of(Value::real(std::nan(""))), R"({"$float":"NaN"})");
}

// Any member of the network can write any text.
TEST(HookEnvironment, HasNoControlCharactersAndIsCut) {
  EXPECT_EQ(value_of(Value::text(std::string("a\0b\nPATH=/tmp\x1b[2J\x7f", 18))),
            "a?b?PATH=/tmp?[2J?");
  EXPECT_EQ(value_of(Value::text("\u009b31m\u0085\u202ea\u200b\U000e0041")), "?31m??a??");
  EXPECT_EQ(value_of(Value::text(std::string(16000, 'x'))).size(), kHookTextBytesMax);
  // Not within a character.
  std::string umlauts = "x";
  while (umlauts.size() < 8000) umlauts += "\xc3\xa4";
  EXPECT_EQ(value_of(Value::text(umlauts)), umlauts.substr(0, kHookTextBytesMax - 1));
  HookEvent hostile = about(Value());
  hostile.node = "a\nb";
  hostile.reading->unit = "\x01";
  hostile.reading->error = std::string(5000, '\n');
  EXPECT_EQ(variable(hostile, "DSN_NODE"), "a?b");
  EXPECT_EQ(variable(hostile, "DSN_UNIT"), "?");
  EXPECT_EQ(variable(hostile, "DSN_ERROR"), std::string(kHookTextBytesMax, '?'));
}

TEST(HookLine, IsTheValueOrWhatBecameOfTheNode) {
  EXPECT_EQ(value_line(about(Value::text("open\nshut"))), "open?shut\n");
  EXPECT_EQ(value_line({"gone", "cellar", "c0ffee", "", std::nullopt, {}}), "cellar gone\n");
}

TEST(HookLine, AsJsonHasEverything) {
  const std::string line =
      json_line("h", about(Value::text("a\nb")), Instant{} + 1h, local::WallClock::read());
  EXPECT_TRUE(line.starts_with(
      R"({"hook":"h","event":"change","node":"cellar","node_id":"c0ffee","reading":{"node":"cellar",)"
      R"("key":"room/t","value":"a\nb","unit":"Cel","age_ms":250,)"))
      << line;
  EXPECT_TRUE(line.ends_with("}}\n")) << line;
  EXPECT_EQ(json_line("h", {"gone", "ce\"l", "c0", "", std::nullopt, {}}, Instant{},
                      local::WallClock::read()),
            "{\"hook\":\"h\",\"event\":\"gone\",\"node\":\"ce\\\"l\",\"node_id\":\"c0\"}\n");
  EXPECT_NE(
      json_line("h", about(Value::text("\u009b\u202e")), Instant{} + 1h, local::WallClock::read())
          .find(R"("value":"\u009b\u202e")"),
      std::string::npos);
}

}  // namespace
}  // namespace dsn::agent
