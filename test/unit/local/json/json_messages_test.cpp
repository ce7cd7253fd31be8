// SPDX-License-Identifier: Apache-2.0
#include "local/json/json_messages.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "local/json/json_text.hpp"
#include "local/json/words.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {
namespace {

using std::chrono::milliseconds;

/// 2026-11-21T09:14:10.120Z
WallClock fixed_clock() {
  return {std::chrono::system_clock::time_point(milliseconds(1'795'252'450'120)), "synced"};
}

JsonIn reparse(const std::string& json) { return *parse_json(json); }

TEST(ReadingJson, IsExactlyTheDocumentedLine) {
  Reading reading = sample_reading("room/temperature", Value::real(21.4), "Cel");
  reading.node_id.clear();
  reading.via.clear();
  EXPECT_EQ(reading_json(reading, fixed_clock()),
            R"({"node":"attic","key":"room/temperature","value":21.4,"unit":"Cel","age_ms":3120,)"
            R"("max_age_ms":30000,"status":"ok","incarnation":7,"version":48123,)"
            R"("time":"2026-11-21T09:14:07Z","clock":"synced"})");
}

TEST(ReadingJson, SaysMoreWhenThereIsMore) {
  Reading reading =
      sample_reading("pump", Value::real(std::numeric_limits<double>::infinity()), "");
  reading.max_age.reset();
  reading.freshness = Freshness::error;
  reading.error = "no such chip";
  reading.device_class = "power";
  reading.precision = 0;
  reading.interval = milliseconds(10000);
  reading.node_heard = milliseconds(1500);
  EXPECT_EQ(
      reading_json(reading, fixed_clock()),
      R"({"node":"attic","key":"pump","value":{"$float":"Infinity"},"unit":"","class":"power",)"
      R"("precision":0,"age_ms":3120,"interval_ms":10000,"max_age_ms":null,"status":"error","incarnation":7,"version":48123,)"
      R"("time":"2026-11-21T09:14:07Z","clock":"synced","error":"no such chip",)"
      R"("node_id":"00112233445566778899aabbccddeeff","via":"self","heard_ms":1500})");
}

void expect_same(const Reading& a, const Reading& b) {
  EXPECT_EQ(a.node, b.node);
  EXPECT_EQ(a.node_id, b.node_id);
  EXPECT_EQ(a.key, b.key);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.unit, b.unit);
  EXPECT_EQ(a.device_class, b.device_class);
  EXPECT_EQ(a.precision, b.precision);
  EXPECT_EQ(a.interval, b.interval);
  EXPECT_EQ(a.age, b.age);
  EXPECT_EQ(a.max_age, b.max_age);
  EXPECT_EQ(a.freshness, b.freshness);
  EXPECT_EQ(a.error, b.error);
  EXPECT_EQ(a.incarnation, b.incarnation);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.node_heard, b.node_heard);
  EXPECT_EQ(a.via, b.via);
}

TEST(ReadingJson, SurvivesTheRoundTrip) {
  for (int i = 0; i <= static_cast<int>(Freshness::conflict); ++i) {
    Reading reading = sample_reading("a/b", Value::text("x\t\"y\""), "");
    reading.freshness = static_cast<Freshness>(i);
    reading.error = "why";
    reading.version = std::numeric_limits<std::uint64_t>::max();
    reading.node_heard = milliseconds(i);
    const auto back = decode_json<Reading>(reparse(encode_json(reading, fixed_clock())));
    ASSERT_TRUE(back);
    expect_same(reading, *back);
  }
  const Reading nan =
      sample_reading("n", Value::real(std::numeric_limits<double>::quiet_NaN()), "");
  const auto back = decode_json<Reading>(reparse(encode_json(nan, fixed_clock())));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->value, nan.value);
}

TEST(ReadingJson, RefusesWrongMembersAndIgnoresUnknownOnes) {
  const JsonIn good = reparse(encode_json(sample_reading("k", Value(), ""), fixed_clock()));
  JsonIn more = good;
  more["added_in_a_later_version"] = 1;
  EXPECT_TRUE(decode_json<Reading>(more));
  for (const char* member : {"node", "key", "age_ms", "status", "incarnation", "version"}) {
    JsonIn missing = good;
    missing.erase(member);
    EXPECT_FALSE(decode_json<Reading>(missing)) << member;
    JsonIn wrong = good;
    wrong[member] = JsonIn::array();
    EXPECT_FALSE(decode_json<Reading>(wrong)) << member;
  }
  JsonIn wrong = good;
  wrong["incarnation"] = 4294967296;
  EXPECT_FALSE(decode_json<Reading>(wrong));
  wrong = good;
  wrong["age_ms"] = -1;
  EXPECT_FALSE(decode_json<Reading>(wrong));
  wrong = good;
  wrong["age_ms"] = std::numeric_limits<std::uint64_t>::max();
  EXPECT_FALSE(decode_json<Reading>(wrong));
  EXPECT_FALSE(decode_json<Reading>(JsonIn(3)));
}

TEST(NodeJson, SurvivesTheRoundTrip) {
  NodeInfo node;
  node.name = "cellar";
  node.id = "ff";
  node.state = NodeState::restarting;
  node.since = milliseconds(4100);
  node.reason = "the name belongs to 00112233";
  node.heard = milliseconds(4200);
  node.round_trip = std::chrono::microseconds(2100);
  node.loss = 0.25;
  node.address = "[fe80::1%2]:17373";
  node.via = "gossip(attic)";
  node.incarnation = 3;
  node.version = 9;
  node.keys = 12;
  node.conflict = true;
  node.role = NodeRole::observer;
  node.program = "0.1.0";
  node.uptime = milliseconds(5000);
  node.warnings = 2;
  EXPECT_EQ(
      node_json(node),
      R"({"node":"cellar","node_id":"ff","state":"restarting","since_ms":4100,)"
      R"("reason":"the name belongs to 00112233","heard_ms":4200,)"
      R"_("round_trip_us":2100,"loss":0.25,"via":"gossip(attic)",)_"
      R"("address":"[fe80::1%2]:17373","keys":12,"incarnation":3,"version":9,)"
      R"("conflict":true,"role":"observer","program_version":"0.1.0","uptime_ms":5000,"warnings":2})");
  const auto back = decode_json<NodeInfo>(reparse(encode_json(node)));
  ASSERT_TRUE(back);
  EXPECT_EQ(node_json(*back), node_json(node));
  node.key_epoch = 2;
  node.lacks_key = true;
  EXPECT_TRUE(node_json(node).ends_with(R"("warnings":2,"key_epoch":2,"lacks_key":true})"));
  const auto with_key = decode_json<NodeInfo>(reparse(encode_json(node)));
  ASSERT_TRUE(with_key);
  EXPECT_EQ(with_key->key_epoch, 2U);
  EXPECT_TRUE(with_key->lacks_key);
  node.round_trip.reset();
  node.loss.reset();
  const auto bare = decode_json<NodeInfo>(reparse(encode_json(node)));
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->round_trip);
  EXPECT_FALSE(bare->loss);
}

TEST(EventJson, SurvivesTheRoundTrip) {
  for (int i = 0; i <= static_cast<int>(NodeEvent::Kind::clone); ++i) {
    NodeEvent event;
    event.kind = static_cast<NodeEvent::Kind>(i);
    event.node = "attic";
    event.node_id = "00";
    if (event.kind == NodeEvent::Kind::updated) {
      event.key = "k";
      event.reading = sample_reading("k", Value::integer(1), "");
    }
    const auto back = decode_json<NodeEvent>(reparse(encode_json(event, fixed_clock())));
    ASSERT_TRUE(back);
    EXPECT_EQ(event_json(*back, fixed_clock()), event_json(event, fixed_clock()));
  }
  EXPECT_FALSE(decode_json<NodeEvent>(*parse_json(R"({"event":"exploded","node":"attic"})")));
}

TEST(StatusJson, SurvivesTheRoundTrip) {
  AgentStatus status;
  status.version = "0.1.0";
  status.node = "attic";
  status.node_id = "00";
  status.port = 17373;
  status.uptime = milliseconds(5000);
  status.interfaces = {{"eth0", true, false, "no IPv6 address", milliseconds(0)},
                       {"wlan0", true, true, "", {}}};
  status.bootstrap_nodes = {{"attic.local", 17373, "attic", "it is gone", milliseconds(60000)}};
  status.sensors = {{"load", "proc", milliseconds(1000), 5, 1, "gone"}};
  status.hooks = {{"lost", "on_gone", 3, 1, 2, "exit status 1"}};
  status.counters = {{"rx_frames", 5}, {"drop_replay", 1}};
  status.warnings = {{"no-key", "", "no network key", "run 'dsn init'"}};
  const auto back = decode_json<AgentStatus>(reparse(encode_json(status)));
  ASSERT_TRUE(back);
  // Counters come back sorted; what they say is the same.
  std::sort(status.counters.begin(), status.counters.end());
  EXPECT_EQ(status_json(*back), status_json(status));
  JsonIn wrong = reparse(encode_json(status));
  wrong["sensors"][0]["samples"] = "many";
  EXPECT_FALSE(decode_json<AgentStatus>(wrong));
  JsonIn older = reparse(encode_json(status));
  older.erase("hooks");
  ASSERT_TRUE(decode_json<AgentStatus>(older));
  EXPECT_TRUE(decode_json<AgentStatus>(older)->hooks.empty());
}

TEST(ExaminationJson, SurvivesTheRoundTrip) {
  Examination examination{3, 2, {}};
  examination.findings.push_back(
      {{"node-gone", "shed", "shed is gone: silent", "see to its power"}, {"attic", "barn"}});
  const auto back = decode_json<Examination>(reparse(encode_json(examination)));
  ASSERT_TRUE(back);
  EXPECT_EQ(examination_json(*back), examination_json(examination));
  EXPECT_EQ(back->findings[0].nodes, examination.findings[0].nodes);
}

TEST(ReloadJson, SurvivesTheRoundTrip) {
  ReloadReport report;
  report.applied = true;
  report.sensors_added = 1;
  report.sensors_removed = 2;
  report.sensors_changed = 3;
  report.sensors_unchanged = 4;
  report.changed = {"hooks"};
  report.next_start = {"port"};
  report.errors = {"agent.yaml:1:2: wrong"};
  report.warnings = {"odd"};
  const std::string json = encode_json(report);
  const auto back = decode_json<ReloadReport>(reparse(json));
  ASSERT_TRUE(back);
  EXPECT_EQ(encode_json(*back), json);
  JsonIn wrong = reparse(json);
  wrong["sensors"]["added"] = -1;
  EXPECT_FALSE(decode_json<ReloadReport>(wrong));
}

TEST(SetRequestJson, IsStrictAndSaysWhy) {
  const auto request = [](const char* text) {
    return decode_params<SetRequest>(*parse_json(text));
  };
  const auto good =
      request(R"({"key":"a","value":1.5,"unit":"Cel","class":"temperature","precision":1,)"
              R"("max_age_ms":5000})");
  ASSERT_TRUE(good) << good.error();
  EXPECT_EQ(good->key, "a");
  EXPECT_EQ(good->value, Value::real(1.5));
  EXPECT_EQ(good->max_age, milliseconds(5000));
  EXPECT_EQ(good->device_class, "temperature");
  EXPECT_EQ(good->precision, 1U);
  EXPECT_TRUE(request(R"({"key":"a","value":null})"));
  EXPECT_EQ(request(R"({"value":1})").error(), "'key' is missing, a text");
  EXPECT_EQ(request(R"({"key":"a"})").error(), "'value' is missing");
  EXPECT_EQ(request(R"({"key":"a","value":1,"units":"m"})").error(),
            "'units' is not a parameter of this method (did you mean 'unit'?)");
  EXPECT_FALSE(request(R"({"key":"a","value":1,"max_age_ms":-5})"));
  EXPECT_FALSE(request("[]"));
}

TEST(Words, EveryWordIsReadBack) {
  EXPECT_EQ(kWords<Freshness>.find("node gone"), Freshness::node_gone);
  EXPECT_EQ(kWords<NodeState>.find("self"), NodeState::self);
  EXPECT_EQ(kWords<NodeEvent::Kind>.find("left"), NodeEvent::Kind::left);
  EXPECT_EQ(kWords<NodeEvent::Kind>.find("clone"), NodeEvent::Kind::clone);
  EXPECT_EQ(kWords<ForgetOutcome>.find("name moved"), ForgetOutcome::name_moved);
  EXPECT_FALSE(kWords<Freshness>.find("fine"));
}

// A member decides how old its entries seem. One of them must not make the whole answer unreadable.
TEST(ReadingJson, OfAnAgeOfThousandsOfYearsCanBeRead) {
  Reading reading;
  reading.node = "attic";
  reading.key = "old";
  reading.age = milliseconds(std::int64_t{1} << 48);
  reading.max_age = milliseconds(std::int64_t{1} << 48);
  const std::optional<Reading> read =
      decode_json<Reading>(reparse(encode_json(reading, fixed_clock())));
  ASSERT_TRUE(read);
  EXPECT_GT(read->age, std::chrono::hours(24 * 365 * 99));
  EXPECT_EQ(read->age, read->max_age);
}

TEST(WallClock, TellsTimeInUtc) {
  EXPECT_EQ(fixed_clock().time_of(milliseconds(0)), "2026-11-21T09:14:10Z");
  // No 32 bits are left of the seconds: 2040, where they end in 2038.
  const WallClock late{
      .now = std::chrono::system_clock::time_point(std::chrono::seconds(2'208'988'800))};
  EXPECT_EQ(late.time_of(milliseconds(0)), "2040-01-01T00:00:00Z");
  const WallClock clock = WallClock::read();
  EXPECT_TRUE(clock.state == "synced" || clock.state == "unsynced" || clock.state == "unknown");
}

}  // namespace
}  // namespace dsn::local
