// SPDX-License-Identifier: Apache-2.0
// Durations, widths and values as text.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <limits>
#include <utility>

#include "base/bytes.hpp"
#include "cli/show/age_text.hpp"
#include "cli/show/display_text.hpp"
#include "cli/show/no_agent.hpp"
#include "cli/show/value_argument.hpp"
#include "cli/show/value_text.hpp"
#include "cli/show/via_text.hpp"
#include "local/json/json_text.hpp"

namespace dsn::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(SampledText, IsTheAgeOrWhatItsNodePromises) {
  Reading reading;
  reading.age = std::chrono::minutes(4);
  EXPECT_EQ(sampled_text(reading), "4m00s");
  reading.interval = std::chrono::seconds(10);
  EXPECT_EQ(sampled_text(reading), "<10s");
  reading.node_heard = std::chrono::milliseconds(1100);
  EXPECT_EQ(sampled_text(reading), "<12s");
  reading.node_heard = std::chrono::minutes(5);
  EXPECT_EQ(sampled_text(reading), "4m00s") << "the node sleeps";
  reading.node_heard = {};
  reading.freshness = Freshness::late;
  EXPECT_EQ(sampled_text(reading), "4m00s");
  reading.freshness = Freshness::ok;
  reading.age = std::chrono::seconds(9);
  EXPECT_EQ(sampled_text(reading), "9s");
}

TEST(Duration, AgesHaveTwoUnitsAtMost) {
  constexpr std::array<std::pair<seconds, const char*>, 12> kAges = {{{seconds(-5), "0s"},
                                                                      {seconds(0), "0s"},
                                                                      {seconds(3), "3s"},
                                                                      {seconds(59), "59s"},
                                                                      {seconds(60), "1m00s"},
                                                                      {seconds(72), "1m12s"},
                                                                      {seconds(243), "4m03s"},
                                                                      {seconds(3599), "59m59s"},
                                                                      {seconds(3600), "1h00m"},
                                                                      {seconds(7500), "2h05m"},
                                                                      {seconds(86'399), "23h59m"},
                                                                      {seconds(273'600), "3d04h"}}};
  for (const auto& [age, text] : kAges) EXPECT_EQ(format_age(age), text);
  EXPECT_EQ(format_age(milliseconds(2999)), "2s");
}

TEST(Duration, PeriodsAreShortAndExact) {
  EXPECT_EQ(format_period(milliseconds(250)), "250ms");
  EXPECT_EQ(format_period(seconds(5)), "5s");
  EXPECT_EQ(format_period(seconds(60)), "1m");
  EXPECT_EQ(format_period(seconds(600)), "10m");
  EXPECT_EQ(format_period(seconds(90)), "1m30s");
  EXPECT_EQ(format_period(seconds(7200)), "2h");
  EXPECT_EQ(format_period(seconds(100)), "1m40s");
}

TEST(DisplayText, WidthsAreThoseOfTheTerminal) {
  use_utf8_widths();
  EXPECT_EQ(display_width("attic"), 5U);
  EXPECT_EQ(display_width("°C"), 2U);
  EXPECT_EQ(display_width("温度"), 4U);       // wide
  EXPECT_EQ(display_width("e\u0301"), 1U);    // a combining accent takes no column
  EXPECT_EQ(display_width("a\xff\xfe"), 3U);  // no UTF-8
}

TEST(DisplayText, ClipsToColumns) {
  use_utf8_widths();
  EXPECT_EQ(clip("attic", 5), "attic");
  EXPECT_EQ(clip("attics", 5), "atti…");
  EXPECT_EQ(clip("温度計", 5), "温度…");
  EXPECT_EQ(clip("温度計", 4), "温…");
  EXPECT_EQ(clip("abc", 1), "…");
  EXPECT_EQ(clip("abc", 0), "");
}

TEST(ValueText, NumbersAreRoundedToWhatPeopleRead) {
  const auto shown = [](double number, const char* unit) {
    return show_value(Value::real(number), unit).text;
  };
  EXPECT_EQ(shown(21.4, "Cel"), "21.4 °C");
  EXPECT_EQ(shown(4, "Cel"), "4.0 °C");
  EXPECT_EQ(shown(0, ""), "0.0");
  EXPECT_EQ(shown(0.1 + 0.2, "m"), "0.3 m");
  EXPECT_EQ(shown(1013.25, "hPa"), "1013.25 hPa");
  EXPECT_EQ(shown(3.14159265, ""), "3.142");
  EXPECT_EQ(shown(-12.0004, ""), "-12.0");
  EXPECT_EQ(shown(0.00012345, "A"), "0.0001234 A");
  EXPECT_EQ(shown(2.5e17, ""), "2.5e+17");
  EXPECT_EQ(shown(81.2, "%RH"), "81.2 %RH");
  EXPECT_EQ(shown(0.5, "/"), "0.5");
  EXPECT_EQ(shown(std::numeric_limits<double>::infinity(), ""), "inf");
  EXPECT_EQ(show_value(Value::integer(-5), "V").text, "-5 V");
  EXPECT_EQ(show_value(Value::real(21), "Cel", 1).text, "21.0 °C");
  EXPECT_EQ(show_value(Value::integer(21), "Cel", 2).text, "21.00 °C");
  EXPECT_EQ(show_value(Value::real(0.1 + 0.2), "V", 3).text, "0.300 V");
  EXPECT_EQ(show_value(Value::real(998.4), "hPa", 0).text, "998 hPa");
  EXPECT_EQ(show_value(Value::real(-0.04), "Cel", 1).text, "0.0 °C");
  EXPECT_EQ(show_value(Value::real(1.5), "", 4'000'000'000).text, "1.500000000");
  EXPECT_EQ(show_value(Value::real(1e300), "", 9).text, "1e+300");
  EXPECT_EQ(show_value(Value::real(2048), "B", 0).text, "2.0 KiB") << "a unit of its own";
}

TEST(ValueText, BytesAndSecondsGetReadableUnits) {
  const auto shown = [](std::int64_t number, const char* unit) {
    return show_value(Value::integer(number), unit).text;
  };
  EXPECT_EQ(shown(512, "B"), "512 B");
  EXPECT_EQ(shown(1024, "B"), "1.0 KiB");
  EXPECT_EQ(shown(3'565'158, "B"), "3.4 MiB");
  EXPECT_EQ(shown(2'000'000'000, "B/s"), "1.9 GiB/s");
  EXPECT_EQ(shown(90, "s"), "90 s");
  EXPECT_EQ(shown(364'512, "s"), "4d05h");
  EXPECT_EQ(shown(std::numeric_limits<std::int64_t>::max(), "s"), "9223372036854775807 s");
}

TEST(ValueText, OtherValues) {
  const auto shown = [](const Value& value) { return show_value(value, "").text; };
  EXPECT_EQ(shown(Value()), "null");
  EXPECT_EQ(shown(Value::boolean(true)), "true");
  EXPECT_EQ(shown(Value::text("open")), "open");
  EXPECT_EQ(shown(Value::text("a\nb")), "a\\nb");
  EXPECT_EQ(shown(Value::bytes(Bytes{0, 255})), "00ff");
  EXPECT_EQ(shown(*Value::from_cbor(Bytes{0x82, 0x01, 0xf5})), "[1,true]");
}

TEST(ValueText, RawValuesAreComplete) {
  EXPECT_EQ(raw_value(Value::real(0.1 + 0.2)), "0.30000000000000004");
  EXPECT_EQ(raw_value(Value::real(std::numeric_limits<double>::quiet_NaN())), "nan");
  EXPECT_EQ(raw_value(Value::real(-std::numeric_limits<double>::infinity())), "-inf");
  EXPECT_EQ(raw_value(*local::parse_json_value(R"({"$int":"-9223372036854775809"})")),
            "-9223372036854775809");
  EXPECT_EQ(raw_value(Value::text("a\tb")), "a\tb");
  EXPECT_EQ(raw_value(Value()), "");
  EXPECT_EQ(raw_value(Value::bytes(Bytes{})), "");
  EXPECT_EQ(raw_value(Value::boolean(false)), "false");
}

TEST(ValueArgument, TakesTheTypeFromItsLook) {
  const auto parsed = [](const char* text) { return parse_value_argument(text, false).value(); };
  EXPECT_EQ(parsed("5"), Value::integer(5));
  EXPECT_EQ(parsed(" -5"), Value::integer(-5));
  EXPECT_EQ(parsed("4.20"), Value::real(4.2));
  EXPECT_EQ(parsed("1e3"), Value::real(1000));
  EXPECT_EQ(parsed("true"), Value::boolean(true));
  EXPECT_EQ(parsed("null"), Value());
  EXPECT_EQ(parsed("open"), Value::text("open"));
  EXPECT_EQ(parsed("007"), Value::text("007"));
  EXPECT_EQ(parsed("\"5\""), Value::text("5"));
  EXPECT_EQ(parsed(""), Value::text(""));
  EXPECT_EQ(raw_value(parsed("{\"a\":[1,2]}")), "{\"a\":[1,2]}");
  EXPECT_EQ(parse_value_argument("5", true).value(), Value::text("5"));
  for (const char* text : {"{", "[1,", "\"open", "{\"$bytes\":\"x\"}"}) {
    EXPECT_FALSE(parse_value_argument(text, false)) << text;
    EXPECT_TRUE(parse_value_argument(text, true)) << text;
  }
}

TEST(Wrap, BreaksAtWordsBelowTheLastColumn) {
  use_utf8_widths();
  EXPECT_EQ(wrap_lines("one two three\n", 20), "one two three\n");
  EXPECT_EQ(wrap_lines("dsn: one two three four\n", 16), "dsn: one two\n  three four\n");
  EXPECT_EQ(wrap_lines("  --json  one two three four\n", 20),
            "  --json  one two\n          three four\n");
  EXPECT_EQ(wrap_lines("enable as room/temperature? [Y] ", 20),
            "enable as\n  room/temperature?\n  [Y] ")
      << "a question ends in a blank";
  EXPECT_EQ(wrap_lines("0123456789abcdef", 8), "012345\n  6789ab\n  cdef");
  EXPECT_EQ(wrap_lines("\x1b[31mone\x1b[0m two", 7), "\x1b[31mone\x1b[0m two");
  for (std::size_t columns = 0; columns < 30; ++columns) {
    EXPECT_NE(wrap_lines("  name  温度 and more words than fit  x\n", columns), "");
  }
}

TEST(Clip, InTheMiddleOrAtTheFront) {
  use_utf8_widths();
  EXPECT_EQ(clip_middle("power/under_voltage", 19), "power/under_voltage");
  EXPECT_EQ(clip_middle("power/under_voltage", 10), "power…tage");
  EXPECT_EQ(clip_middle("abc", 2), "a…");
  EXPECT_EQ(last_columns("▁▂▃▄", 2), "▃▄");
}

TEST(Via, IsSaidInWords) {
  EXPECT_EQ(via_text("mcast4@eth0"), "multicast on eth0");
  EXPECT_EQ(via_text("mcast6@eth0"), "IPv6 multicast on eth0");
  EXPECT_EQ(via_text("gossip(shed)"), "told by shed");
  EXPECT_EQ(via_text("bootstrap(10.0.0.1)"), "bootstrap_nodes 10.0.0.1");
  EXPECT_EQ(via_text("hello@wlan0"), "called us on wlan0");
  EXPECT_EQ(via_text("remembered"), "from last run");
  EXPECT_EQ(via_text("via coop"), "via coop");
  EXPECT_EQ(last_heard_text("3s", "via coop"), "last heard 3s ago via coop");
  EXPECT_EQ(last_heard_text("3s", "gossip(shed)"), "last heard 3s ago, told by shed");
  EXPECT_EQ(last_heard_text("3s", ""), "last heard 3s ago");
}

TEST(NoAgent, SaysHowToStartTheOneThatIsMeant) {
  const Error none{"no agent answers on /run/dsn/agent.sock: Connection refused",
                   ErrorCode::unreachable};
  EXPECT_EQ(no_agent_text(none, true),
            "the agent is not running. Start it: sudo systemctl start dsn-agent. Why it ended: "
            "systemctl status dsn-agent");
  EXPECT_EQ(no_agent_text(none, false),
            none.message +
                "; start one: sudo dsn-agent (before that, on a new node: sudo dsn init), "
                "or try without: dsn demo");
  EXPECT_EQ(no_agent_text({"no", ErrorCode::permission_denied}, true),
            "no; join the group of the agent: sudo usermod -aG dsn $USER (then log in again)");
}

}  // namespace
}  // namespace dsn::cli
