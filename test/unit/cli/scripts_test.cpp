// SPDX-License-Identifier: Apache-2.0
// What scripts need of the programs: formats, conditions, and exit codes that can be relied on.
#include <filesystem>
#include <fstream>

#include "cli/show/condition.hpp"
#include "formats/reading_formats.hpp"
#include "unit/cli/program_fixture.hpp"

namespace dsn::cli {
namespace {

bool holds(const std::string& condition, Value value) {
  const auto parsed = Condition::parse(condition);
  EXPECT_TRUE(parsed) << condition;
  return parsed && parsed->holds(reading_of("a", "k", std::move(value), "", seconds(1)));
}

TEST(Condition, ComparesNumbersAsNumbersAndTheRestAsText) {
  EXPECT_TRUE(holds("== open", Value::text("open")));
  EXPECT_FALSE(holds("==open", Value::text("Open")));
  EXPECT_TRUE(holds("!= open", Value::text("closed")));
  EXPECT_TRUE(holds("== true", Value::boolean(true)));
  EXPECT_TRUE(holds("== 5.0", Value::integer(5)));
  EXPECT_TRUE(holds("< 5", Value::real(-4.5)));
  EXPECT_FALSE(holds("< -5", Value::real(-4.5)));
  EXPECT_TRUE(holds(">= 5", Value::integer(5)));
  EXPECT_FALSE(holds("> 5", Value::integer(5)));
  EXPECT_TRUE(holds("<= 5", Value::integer(5)));
  EXPECT_FALSE(holds("< 5", Value::text("4")));
}

TEST(Condition, AReadingThatIsNotToBeTrustedFulfilsNothing) {
  Reading late = reading_of("a", "k", Value::text("open"), "", seconds(99));
  late.freshness = Freshness::late;
  EXPECT_FALSE(Condition::parse("== open")->holds(late));
  EXPECT_FALSE(Condition::parse("!= closed")->holds(late));
}

TEST(Condition, SaysWhatOneIs) {
  EXPECT_EQ(Condition::parse("open").error(),
            "'open' is no condition such as '== open' or '< 5' (==, !=, <, <=, >, >=)");
  EXPECT_EQ(Condition::parse("< five").error(), "'five' is no number, as < needs one");
}

std::vector<Reading> house_with_all_kinds() {
  std::vector<Reading> house = sample_house();
  house.push_back(reading_of("attic~9ea6", "lid", Value::boolean(true), "", milliseconds(500)));
  house.push_back(reading_of("shed", "say \"hi\", you", Value::text("a,b"), "", seconds(1)));
  house.back().max_age.reset();
  return house;
}

TEST(Formats, SenmlHasRelativeTimesAndNoValueOfAFailedSensor) {
  EXPECT_EQ(formats::readings_senml(house_with_all_kinds()),
            R"([{"n":"attic/cpu/temperature","v":48.2,"u":"Cel","t":-11,"ut":30},
 {"n":"attic/outside/pressure","v":1013.4,"u":"hPa","t":-4,"ut":30},
 {"n":"attic/room/temperature","v":21.4,"u":"Cel","t":-3.12,"ut":30},
 {"n":"cellar/water/level","v":0.62,"u":"m","t":-2,"ut":30},
 {"n":"shed/door","vs":"open","t":-243,"ut":30},
 {"n":"attic_9ea6/lid","vb":true,"t":-0.5,"ut":30},
 {"n":"shed/say__hi___you","vs":"a,b","t":-1}]
)");
  EXPECT_EQ(formats::readings_senml({}), "[]\n");
}

TEST(Formats, PrometheusGetsValuesThatCanBeTrusted) {
  const std::string text = formats::readings_prom(house_with_all_kinds());
  for (const char* line : {
           "dsn_reading{node=\"attic\",key=\"room/temperature\",unit=\"Cel\"} 21.4\n",
           "dsn_reading{node=\"attic~9ea6\",key=\"lid\",unit=\"\"} 1\n",
           "dsn_reading_ok{node=\"cellar\",key=\"pump/temperature\"} 0\n",
           "dsn_reading_ok{node=\"attic\",key=\"room/temperature\"} 1\n",
           "dsn_reading_age_seconds{node=\"shed\",key=\"door\"} 243\n",
           "key=\"say \\\"hi\\\", you\"",
           "# TYPE dsn_reading gauge\n",
       }) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  EXPECT_EQ(text.find("dsn_reading{node=\"cellar\",key=\"pump"), std::string::npos);
}

TEST(Formats, CsvIsQuotedWhereItMustBe) {
  const std::vector<Reading> house = house_with_all_kinds();
  EXPECT_EQ(formats::reading_csv(house[2]), "attic,room/temperature,21.4,Cel,3120,30000,ok\n");
  EXPECT_EQ(formats::reading_csv(house.back()), "shed,\"say \"\"hi\"\", you\",\"a,b\",,1000,,ok\n");
}

TEST_F(Program, OneValueIsToBeTrustedOrTheExitCodeSaysSo) {
  EXPECT_EQ(run({"dsn-read", "attic", "room/temperature", "--value"}).exit_code, 0);
  EXPECT_EQ(run({"dsn-read", "shed", "door", "--value"}).exit_code, 3);
  EXPECT_EQ(run({"dsn-read", "cellar", "pump/temperature", "--value"}).exit_code, 3);
  EXPECT_EQ(run({"dsn-read", "shed", "door", "--value", "--any-age"}).exit_code, 0);
  EXPECT_EQ(run({"dsn-read", "*", "door", "--value"}).exit_code, 0) << "not one key";
}

TEST_F(Program, BelowAndAboveChooseNumbersThatCanBeTrusted) {
  EXPECT_EQ(run({"dsn-read", "*", "*/temperature", "--above", "20", "--value"}).out,
            "48.2\n21.4\n");
  EXPECT_EQ(run({"dsn-read", "--above", "0", "--below", "1", "--value"}).out, "0.62\n");
  EXPECT_EQ(run({"dsn-read", "attic", "--below", "-20.5"}).exit_code, 8);
  EXPECT_EQ(run({"dsn-read", "cellar", "--below", "0"}).exit_code, 3) << "one of them failed";
  EXPECT_EQ(run({"dsn-read", "cellar", "--above", "30", "--any-age", "--value"}).out, "38.6\n");
}

TEST_F(Program, BadShowsWhatIsNotWell) {
  EXPECT_EQ(run({"dsn-read", "--bad", "--value"}).out, "38.6\nopen\n");
  const ProgramResult none = run({"dsn-read", "attic", "--bad"}, true);
  EXPECT_EQ(none.exit_code, 0);
  EXPECT_NE(none.out.find("nothing is wrong"), std::string::npos) << none.out;
}

TEST_F(Program, CheckReadsTheFilesOfOtherProgramsToo) {
  const auto write = [this](const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  };
  write("agent.yaml", "node_id: attic\naes_key_file: network.key\n");
  write("network.key", "00112233445566778899aabbccddeeff\n");
  std::filesystem::permissions(folder_ / "network.key", std::filesystem::perms::owner_read);
  write("web.yaml", "port: 8173\n");
  write("record.yaml", "every: 5m\n");
  const std::vector<std::string> check = {"dsn", "check", folder_ / "agent.yaml"};
  EXPECT_EQ(run(check).exit_code, 0) << run(check).err;
  write("web.yaml", "port: 80a\n");
  write("record.yaml", "every: 5\n");
  const ProgramResult wrong = run(check);
  EXPECT_EQ(wrong.exit_code, 78);
  EXPECT_NE((wrong.out + wrong.err).find("web.yaml:1:7: 'port' must be"), std::string::npos)
      << wrong.out << wrong.err;
  EXPECT_NE((wrong.out + wrong.err).find("record.yaml:1:8: 'every' must be"), std::string::npos);
}

TEST_F(Program, AnAgentThatHasJustStartedSaysSo) {
  const std::string note = "the agent started 2s ago; other nodes may follow";
  on_loop([this] { backend_.agent_status.uptime = seconds(2); });
  EXPECT_NE(run({"dsn-read"}, true).out.find(note), std::string::npos);
  EXPECT_EQ(run({"dsn-read"}).out.find("started"), std::string::npos);
  on_loop([this] { backend_.agent_status.uptime = seconds(6); });
  EXPECT_EQ(run({"dsn-read"}, true).out.find("started"), std::string::npos);
}

TEST_F(Program, AKeyIsNoNode) {
  EXPECT_EQ(run({"dsn-read", "door"}).err,
            "dsn-read: no node 'door'; it is a key of shed: dsn-read '*' door\n");
  on_loop([this] {
    backend_.readings.push_back(reading_of("attic", "door", Value::text("x"), "", seconds(1)));
  });
  EXPECT_EQ(run({"dsn-read", "door"}).err,
            "dsn-read: no node 'door'; it is a key of 2 nodes: dsn-read '*' door\n");
  EXPECT_EQ(run({"dsn-read", "door"}).exit_code, 4);
}

TEST_F(Program, WaitEndsWhenItIsSo) {
  EXPECT_EQ(run({"dsn", "wait", "attic/room/temperature", "> 20"}).exit_code, 0);
  EXPECT_EQ(run({"dsn", "wait", "attic/room/temperature", ">", "20", "--for", "1ms"}).exit_code, 0);
  const ProgramResult late = run({"dsn", "wait", "shed/door", "== open", "--timeout", "1ms"});
  EXPECT_EQ(late.exit_code, 3) << "shed is gone";
  EXPECT_EQ(
      late.err,
      "dsn: shed/door: not so in time: open, node gone, last heard 4m03s ago, multicast on eth0\n");
  const ProgramResult none = run({"dsn", "wait", "shed/dor", "== open", "--timeout", "1ms"});
  EXPECT_EQ(none.exit_code, 3);
  EXPECT_TRUE(none.err.starts_with("dsn: shed/dor: there is no such reading yet; waiting for it\n"))
      << none.err;
  EXPECT_EQ(run({"dsn", "wait", "shed", "== open"}).exit_code, 2);
  EXPECT_EQ(run({"dsn", "wait", "shed/door", "open"}).exit_code, 2);
}

TEST_F(Program, KeysEndAPictureAndCtrlZGivesTheTerminalBack) {
  ProgramRun call{{"dsn", "top"}, {"DSN_SOCKET=" + socket_}, true, [](const std::string& out) {
                    return out.find("q quit") != std::string::npos;
                  }};
  // Nobody waits for this job, so that Ctrl-Z does not stop it for long.
  call.stop_with = "\x1aq";
  const ProgramResult result = run_program(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::size_t back = result.out.find("\x1b[?25h");
  ASSERT_NE(back, std::string::npos);
  EXPECT_NE(result.out.find("\x1b[?25l", back), std::string::npos) << "it goes on after fg";
  EXPECT_EQ(result.out.find("^Z"), std::string::npos) << "keys are not shown";
  EXPECT_TRUE(result.out.ends_with("\x1b[?25h\r\r\n") || result.out.ends_with("\x1b[?25h\r\n"));
}

TEST_F(Program, TopNeedsATerminal) {
  const ProgramResult result = run({"dsn", "top"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err,
            "dsn: dsn top needs a terminal; into a pipe: dsn nodes, or dsn-read --watch\n");
}

TEST_F(Program, WatchWritesBareValues) {
  const ProgramResult result =
      run({"dsn-read", "attic", "room/temperature", "--watch", "--value", "--max-age", "1h"}, false,
          [](const std::string& out) { return out == "21.4\n"; });
  EXPECT_EQ(result.out, "21.4\n");
  EXPECT_EQ(result.exit_code, 0);
}

}  // namespace
}  // namespace dsn::cli
