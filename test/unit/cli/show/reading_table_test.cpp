// SPDX-License-Identifier: Apache-2.0
#include "cli/show/reading_table.hpp"
#include "cli/show/examination_report.hpp"

#include <gtest/gtest.h>

#include "cli/show/display_text.hpp"
#include "cli/show/node_table.hpp"
#include "cli/show/status_report.hpp"
#include "unit/cli/samples.hpp"

namespace dsn::cli {
namespace {

class ReadingTable : public testing::Test {
 protected:
  ReadingTable() { use_utf8_widths(); }
};

TEST_F(ReadingTable, IsTheOneOfTheDocumentation) {
  EXPECT_EQ(reading_table(sample_house(), {}),
            R"(NODE    KEY               VALUE         AGE  STATUS
attic   cpu/temperature     48.2 °C     11s  ok
attic   outside/pressure  1013.4 hPa     4s  ok
attic   room/temperature    21.4 °C      3s  ok
cellar  pump/temperature     –            –  error: w1 28-00000a1b2c9e: CRC NO (3 of last 5); last good 38.6 °C 1m12s ago
cellar  water/level          0.62 m      2s  ok
shed    door              (open)      4m03s  node gone, last heard 4m03s ago, multicast on eth0
)");
  EXPECT_EQ(reading_summary(sample_house()),
            "3 nodes (2 live, 1 gone), 6 keys (4 ok, 1 error, 1 gone)");
}

TEST_F(ReadingTable, OfNothingIsATitle) {
  EXPECT_EQ(reading_table({}, {}), "NODE  KEY  VALUE  AGE  STATUS\n");
  EXPECT_EQ(reading_summary({}), "0 nodes, 0 keys");
  ReadingTableOptions bare;
  bare.style.titles = false;
  EXPECT_EQ(reading_table({}, bare), "");
}

TEST_F(ReadingTable, ColoursAreAroundTheTextAndChangeNoColumn) {
  const std::vector<Reading> one = {reading_of("attic", "t", Value::real(1.5), "Cel", seconds(1))};
  ReadingTableOptions options;
  options.style.colour = true;
  EXPECT_EQ(reading_table(one, options),
            "\x1b[1mNODE\x1b[0m   \x1b[1mKEY\x1b[0m  \x1b[1mVALUE\x1b[0m   \x1b[1mAGE\x1b[0m  "
            "\x1b[1mSTATUS\x1b[0m\n"
            "attic  t    1.5 °C   1s  \x1b[32mok\x1b[0m\n");
}

TEST_F(ReadingTable, WideCharactersKeepTheColumnsStraight) {
  std::vector<Reading> readings = {reading_of("attic", "a", Value::text("温度"), "", seconds(1)),
                                   reading_of("attic", "b", Value::text("warm"), "", seconds(1))};
  ReadingTableOptions options;
  options.style.titles = false;
  EXPECT_EQ(reading_table(readings, options),
            "attic  a  温度  1s  ok\n"
            "attic  b  warm  1s  ok\n");
}

TEST_F(ReadingTable, LinesAreCutToTheTerminalWhenAsked) {
  ReadingTableOptions options;
  options.style.width_max = 50;
  const std::string table = reading_table(sample_house(), options);
  for (std::size_t begin = 0, end = 0; (end = table.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    EXPECT_LE(display_width(table.substr(begin, end - begin)), 50U);
  }
  EXPECT_NE(table.find("cellar  pump/…ture     –        error: w1 28-0000…"), std::string::npos)
      << table;
}

TEST_F(ReadingTable, TrendsAreAColumn) {
  const std::vector<Reading> one = {reading_of("attic", "t", Value::real(1.5), "", seconds(1))};
  ReadingTableOptions options;
  options.trends = {"▁█"};
  EXPECT_EQ(reading_table(one, options),
            "NODE   KEY  VALUE  AGE  TREND  STATUS\n"
            "attic  t    1.5     1s  ▁█     ok\n");
}

TEST_F(ReadingTable, EveryStatusSaysWhatItMeans) {
  Reading reading = reading_of("attic", "t", Value::real(1.5), "Cel", seconds(6));
  reading.max_age = seconds(5);
  reading.node_heard = seconds(12);
  const auto text = [&](Freshness freshness) {
    reading.freshness = freshness;
    return status_text(reading);
  };
  EXPECT_EQ(text(Freshness::ok), "ok");
  EXPECT_EQ(text(Freshness::late), "late (max 5s)");
  EXPECT_EQ(text(Freshness::node_late), "node late, last heard 12s ago, multicast on eth0");
  EXPECT_EQ(text(Freshness::node_gone), "node gone, last heard 12s ago, multicast on eth0");
  EXPECT_EQ(text(Freshness::error), "error: the sensor failed; last good 1.5 °C 6s ago");
  EXPECT_EQ(text(Freshness::conflict),
            "conflict: the name belongs to another node, this one is attic-id");
  reading.value = Value();
  reading.error = "no such\x1b[31m chip";
  EXPECT_EQ(text(Freshness::error), "error: no such\\x1b[31m chip");
}

TEST_F(ReadingTable, SummariesCountByIdentity) {
  std::vector<Reading> twins = {reading_of("attic", "t", Value(), "", seconds(1)),
                                reading_of("attic", "t", Value(), "", seconds(1))};
  EXPECT_EQ(reading_summary({twins[0]}), "1 node, 1 key");
  twins[1].node_id = "other";
  twins[0].freshness = twins[1].freshness = Freshness::conflict;
  EXPECT_EQ(reading_summary(twins), "2 nodes, 2 keys (2 conflict)");
  twins[1].freshness = Freshness::node_late;
  twins[0].freshness = Freshness::late;
  EXPECT_EQ(reading_summary(twins), "2 nodes (1 live, 1 late), 2 keys (1 late, 1 of a late node)");
}

TEST(ReadingTsv, HasEverythingAndNoTitle) {
  std::string text;
  for (const Reading& reading : sample_house()) text += reading_tsv(reading);
  EXPECT_EQ(text,
            "attic\tcpu/temperature\t48.2\tCel\t11000\tok\n"
            "attic\toutside/pressure\t1013.4\thPa\t4000\tok\n"
            "attic\troom/temperature\t21.4\tCel\t3120\tok\n"
            "cellar\tpump/temperature\t38.6\tCel\t72000\terror: w1 28-00000a1b2c9e: CRC NO (3 of "
            "last 5)\n"
            "cellar\twater/level\t0.62\tm\t2000\tok\n"
            "shed\tdoor\topen\t\t243000\tnode gone\n");
  EXPECT_EQ(reading_tsv(reading_of("a", "b", Value::text("x\ty\n\\"), "", seconds(0))),
            "a\tb\tx\\ty\\n\\\\\t\t0\tok\n");
}

NodeInfo node(const std::string& name, NodeState state) {
  NodeInfo info;
  info.name = name;
  info.id = "00112233445566778899aabbccddeeff";
  info.state = state;
  info.keys = 2;
  return info;
}

TEST(NodeTable, IsTheOneOfTheDocumentation) {
  use_utf8_widths();
  NodeInfo self = node("attic", NodeState::self);
  self.address = "192.168.1.5:17373";
  NodeInfo live = node("cellar", NodeState::live);
  live.heard = milliseconds(1200);
  live.round_trip = std::chrono::microseconds(2140);
  live.loss = 0.003;
  live.via = "mcast4@eth0";
  live.address = "192.168.1.7:17373";
  live.program = "0.1.0";
  live.uptime = std::chrono::hours(27);
  live.warnings = 2;
  NodeInfo gone = node("shed", NodeState::gone);
  gone.heard = seconds(243);
  gone.since = seconds(230);
  gone.reason = "silent";
  gone.via = "bootstrap";
  NodeInfo rival = node("shed~0011", NodeState::live);
  rival.conflict = true;
  rival.reason = "the name belongs to 44556677";
  EXPECT_EQ(
      node_table({self, live, gone, rival}, {}),
      R"(NODE       STATE                                            RTT   LOSS     UP  VER    VIA                ADDRESS            KEYS  WARN
attic      self                                               –      –      –  –      –                  192.168.1.5:17373     2     –
cellar     live                                          2.1 ms  0.3 %  1d03h  0.1.0  multicast on eth0  192.168.1.7:17373     2     2
shed       gone 3m50s ago: silent                             –      –      –  –      bootstrap_nodes    –                     2     –
shed~0011  live, conflict: the name belongs to 44556677       –      –      –  –      –                  –                     2     –
)");
  EXPECT_EQ(node_tsv(live),
            "cellar\tlive\t1200\t2140\t0.003\tmcast4@eth0\t192.168.1.7:17373\t2\t"
            "00112233445566778899aabbccddeeff\t0\t\t\tnode\t0.1.0\t97200000\t2\t\n");
  EXPECT_EQ(node_tsv(gone),
            "shed\tgone\t243000\t\t\tbootstrap\t\t2\t00112233445566778899aabbccddeeff\t230000\t\t"
            "silent\tnode\t\t\t\t\n");
  EXPECT_EQ(node_tsv(rival),
            "shed~0011\tlive\t0\t\t\t\t\t2\t00112233445566778899aabbccddeeff\t0\tconflict\t"
            "the name belongs to 44556677\tnode\t\t\t\t\n");
}

TEST(NodeTable, ShowsWhoHasWhichNetworkKeyWhereThereIsRoom) {
  NodeInfo newest = node("attic", NodeState::self);
  newest.key_epoch = 3;
  NodeInfo behind = node("shed", NodeState::gone);
  behind.key_epoch = 2;
  behind.lacks_key = true;
  const std::vector<NodeInfo> nodes = {newest, behind, node("coop", NodeState::gone)};
  const std::string wide = node_table(nodes, {.colour = true, .width_max = 120});
  EXPECT_NE(wide.find("NETKEY"), std::string::npos) << wide;
  EXPECT_NE(wide.find("k3"), std::string::npos) << wide;
  EXPECT_NE(wide.find(styled("k2", Style::warning, true)), std::string::npos) << wide;
  EXPECT_EQ(node_table(nodes, {.width_max = 40}).find("NETKEY"), std::string::npos);
  EXPECT_TRUE(node_tsv(behind).ends_with("\t2\n"));
}

AgentStatus sample_status() {
  AgentStatus status;
  status.version = "0.1.0";
  status.node = "attic";
  status.node_id = "0011";
  status.network = "a1b2";
  status.config_file = "/etc/dsn/agent.yaml";
  status.port = 17373;
  status.pid = 812;
  status.incarnation = 7;
  status.state_version = 48123;
  status.uptime = seconds(3700);
  status.nodes_live = 2;
  status.nodes_known = 3;
  status.keys_held = 17;
  status.replica_bytes = 4096;
  status.interfaces = {{"eth0", true, true, "", seconds(12)},
                       {"eth1", true, true, "", {}},
                       {"wlan0", true, false, "no IPv6 address", {}}};
  status.sensors = {{"load", "proc", seconds(1), 360, 0, ""},
                    {"pump", "exec", seconds(60), 6, 2, "timed out"}};
  status.hooks = {{"lost", "on_gone", 2, 0, 0, ""}, {"page", "on_late", 5, 1, 3, "exit status 1"}};
  status.counters = {{"frames_in", 4711}, {"drop_replay", 0}, {"drop_foreign", 3}};
  status.bootstrap_nodes = {{"attic.local", 17373, "attic", "", seconds(60)},
                            {"10.0.0.9", 17373, "", "no answer", seconds(90)},
                            {"10.0.0.7", 17373, "", "", seconds(2)}};
  status.warnings = {{"bootstrap-silent", "10.0.0.9:17373",
                      "bootstrap node 10.0.0.9:17373: no answer for 90s", "is it switched on?"}};
  return status;
}

TEST(StatusReport, HasSections) {
  EXPECT_EQ(status_report(sample_status(), false),
            R"(node
  name    attic
  id      0011
  agent   0.1.0, pid 812, up 1h01m
  state   version 48123, start 7
  config  /etc/dsn/agent.yaml
network
  id     a1b2
  port   17373
  nodes  2 live of 3 known
  held   17 keys, 4.0 KiB
interfaces
  eth0   multicast joined: IPv4, IPv6; of other machines last heard 12s ago
  eth1   multicast joined: IPv4, IPv6; of other machines none heard yet
  wlan0  IPv4; no IPv6 address
bootstrap nodes
  attic.local:17373  attic
  10.0.0.9:17373     no answer, tried for 1m30s
  10.0.0.7:17373     waiting for an answer
sensors
  load  proc, every 1s, 360 samples
  pump  exec, every 1m, 6 samples, 2 failed; now: timed out
hooks
  lost  on_gone, 2 runs
  page  on_late, 5 runs, 1 failed, 3 skipped; last: exit status 1
counters
  drop_foreign  3
warnings
  bootstrap node 10.0.0.9:17373: no answer for 90s
    is it switched on?
)");
  const std::string all = status_report(sample_status(), false, true);
  EXPECT_NE(all.find("counters\n  frames_in     4711\n  drop_foreign  3\n"), std::string::npos)
      << all;
}

TEST(ExaminationReport, HasABlockForEachFinding) {
  Examination examination{3, 2, {}};
  EXPECT_EQ(examination_report(examination, false), "nothing is wrong; 2 of 3 nodes answered\n");
  examination.findings = {
      {{"node-gone", "shed", "shed is gone: silent", "see to its power"}, {"attic", "barn"}},
      {{"alone", "", "no other node was found", ""}, {"coop"}}};
  EXPECT_EQ(examination_report(examination, false), R"(node-gone  noticed by attic, barn
  shed is gone: silent
  what to do: see to its power

alone  noticed by coop
  no other node was found

2 findings; 2 of 3 nodes answered
)");
}

TEST(StatusReport, NamesTheInterfacesThatAreLeftOut) {
  AgentStatus status = sample_status();
  for (const char* name : {"veth1", "veth2", "veth3", "veth4", "veth5"}) {
    status.interfaces.push_back({.name = name, .left_out = "of containers"});
  }
  status.interfaces.push_back({.name = "lan1", .left_out = "a port of br-lan"});
  const std::string report = status_report(status, false);
  EXPECT_NE(report.find("  lan1                            left out: a port of br-lan\n"
                        "  veth1, veth2, veth3 and 2 more  left out: of containers\n"),
            std::string::npos)
      << report;
}

TEST(StatusReport, SaysWhichKeyTheNetworkHasAndHowManyLackIt) {
  AgentStatus status = sample_status();
  EXPECT_EQ(status_report(status, false).find("  key "), std::string::npos) << "no authority";
  status.key_epoch = 3;
  EXPECT_NE(status_report(status, false).find("key    k3, on all nodes\n"), std::string::npos)
      << status_report(status, false);
  status.lack_key = 1;
  EXPECT_NE(status_report(status, false).find("key    k3; 1 node without it: dsn key status\n"),
            std::string::npos);
}

TEST(StatusReport, WithoutAKeySaysWhatToDo) {
  AgentStatus status = sample_status();
  status.network.clear();
  const std::string report = status_report(status, false);
  EXPECT_NE(report.find("no network key  running local-only; run 'dsn init' or 'dsn join'"),
            std::string::npos)
      << report;
}

}  // namespace
}  // namespace dsn::cli
