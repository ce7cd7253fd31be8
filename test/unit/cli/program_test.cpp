// SPDX-License-Identifier: Apache-2.0
// The real programs against a server with a made-up node: output, messages and exit codes.
#include <gtest/gtest.h>

#include "base/printable.hpp"
#include "unit/cli/program_fixture.hpp"

namespace dsn::cli {
namespace {

TEST_F(Program, ReadInAPipeIsTabSeparated) {
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"dsn-read"}, std::vector<std::string>{"dsn", "read"}}) {
    const ProgramResult result = run(line);
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
    EXPECT_TRUE(result.out.starts_with("attic\tcpu/temperature\t48.2\tCel\t11000\tok\n"))
        << result.out;
    EXPECT_TRUE(result.out.ends_with("shed\tdoor\topen\t\t243000\tnode gone\n"));
  }
}

TEST_F(Program, ReadOnATerminalIsATableInColour) {
  const ProgramResult result = run({"dsn-read"}, true);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("48.2 °C     11s  \x1b[32mok\x1b[0m"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("3 nodes (2 live, 1 gone)"), std::string::npos);
  const ProgramResult plain =
      run_program({{"dsn-read", "--no-header"}, {"DSN_SOCKET=" + socket_, "NO_COLOR=1"}, true, {}});
  EXPECT_EQ(plain.out.find('\x1b'), std::string::npos) << plain.out;
  EXPECT_EQ(plain.out.find("NODE"), std::string::npos);
}

TEST_F(Program, ReadAsJsonAndAsValue) {
  const ProgramResult json = run({"dsn-read", "attic", "room/temperature", "--json"});
  EXPECT_TRUE(json.out.starts_with(
      R"({"node":"attic","key":"room/temperature","value":21.4,"unit":"Cel","age_ms":3120,)"))
      << json.out;
  const ProgramResult value = run({"dsn-read", "attic", "room/temperature", "--value"});
  EXPECT_EQ(value.out, "21.4\n");
  EXPECT_EQ(value.err, "");
  const ProgramResult gone = run({"dsn-read", "shed", "door", "--value"});
  EXPECT_EQ(gone.out, "open\n");
  EXPECT_EQ(gone.exit_code, 3) << "a script that does not look at the age must not go on";
  EXPECT_EQ(gone.err, "dsn-read: shed door: node gone, last heard 4m03s ago, multicast on eth0\n");
}

TEST_F(Program, MaxAgeDecidesTheExitCode) {
  EXPECT_EQ(run({"dsn-read", "attic", "--max-age", "1m"}).exit_code, 0);
  const ProgramResult late = run({"dsn-read", "attic", "cpu/temperature", "--max-age", "10s"});
  EXPECT_EQ(late.exit_code, 3);
  EXPECT_EQ(late.out, "attic\tcpu/temperature\t48.2\tCel\t11000\tlate\n");
  EXPECT_EQ(run({"dsn-read", "shed", "--max-age", "1h"}).exit_code, 3);  // gone is never fresh
}

TEST_F(Program, UnknownNodesAndKeysAreExplained) {
  const ProgramResult node = run({"dsn-read", "attik"});
  EXPECT_EQ(node.exit_code, 4);
  EXPECT_EQ(node.out, "");
  EXPECT_EQ(node.err,
            "dsn-read: no node 'attik' (did you mean 'attic'?); known: attic cellar shed\n");
  const ProgramResult key = run({"dsn", "read", "cellar", "water/levle"});
  EXPECT_EQ(key.exit_code, 4);
  EXPECT_EQ(key.err,
            "dsn: node 'cellar' has no key 'water/levle' (did you mean 'water/level'?); its keys: "
            "pump/temperature water/level\n");
}

TEST_F(Program, PatternsSelect) {
  EXPECT_EQ(run({"dsn-read", "*", "*/temperature", "--value"}).out, "48.2\n21.4\n38.6\n");
  EXPECT_EQ(run({"dsn-read", "[ac]*", "--database", "room", "--value"}).out, "21.4\n");
  EXPECT_EQ(run({"dsn-read", "--status", "node gone", "--status", "error", "--value"}).out,
            "38.6\nopen\n");
  const ProgramResult none = run({"dsn-read", "--status", "late"});
  EXPECT_EQ(none.exit_code, 0) << "the keys are there, and none is late";
  EXPECT_EQ(none.out + none.err, "");
  EXPECT_EQ(run({"dsn-read", "attic", "room/*", "--status", "late"}).exit_code, 0);
}

TEST_F(Program, APatternThatFitsNothingSaysSo) {
  const auto complaint = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "dsn-read");
    const ProgramResult result = run(std::move(arguments));
    EXPECT_EQ(result.exit_code, 4);
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_EQ(complaint({"sensor_*"}),
            "dsn-read: no node that fits 'sensor_*'; known: attic cellar shed\n");
  EXPECT_EQ(complaint({"cell*", "room/*"}),
            "dsn-read: nodes 'cell*' have no key that fits 'room/*'; their keys: "
            "pump/temperature water/level\n");
  EXPECT_EQ(
      complaint({"--database", "roon"}),
      "dsn-read: the nodes have no database 'roon' (did you mean 'room'?); their databases: cpu "
      "outside pump room water\n");
  EXPECT_EQ(
      complaint({"*", "dor"}),
      "dsn-read: nodes '*' have no key 'dor' (did you mean 'door'?); their keys: cpu/temperature "
      "door outside/pressure pump/temperature room/temperature water/level\n");
}

TEST_F(Program, AWordThatIsNoneIsAUsageError) {
  const ProgramResult result = run({"dsn-read", "--status", "lat"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(result.err.starts_with(
      "dsn-read: --status: 'lat' (did you mean 'late'?) is none of: ok, late, node late"))
      << result.err;
}

TEST_F(Program, ModulesAreListed) {
  EXPECT_EQ(run({"dsn", "nodes", "--modules"}).out, "") << "the program itself has no name";
  auto module = Client::connect(socket_);
  ASSERT_TRUE(module && module->hello("heat", "1"));
  ASSERT_TRUE(module->listen({"heat"}));
  ASSERT_TRUE(module->subscribe());
  const std::string pid = std::to_string(::getpid());
  const std::string line = run({"dsn", "nodes", "--modules"}).out;
  EXPECT_TRUE(line.starts_with("heat\t1\t" + pid + "\t")) << line;
  EXPECT_TRUE(line.ends_with("\tsubscribed; listens to heat\n")) << line;
  EXPECT_NE(run({"dsn", "nodes", "--modules", "--json"}).out.find(R"("listens_to":["heat"])"),
            std::string::npos);
  EXPECT_NE(run({"dsn", "nodes", "--modules"}, true).out.find("MODULE"), std::string::npos);
}

TEST_F(Program, ForgetSaysWhatBecameOfIt) {
  const ProgramResult done = run({"dsn", "forget", "shed"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.out, "shed is forgotten by this node\n");
  on_loop([this] { backend_.forget_outcome = ForgetOutcome::name_moved; });
  EXPECT_EQ(run({"dsn", "forget", "shed~9ea6"}).out, "the name belongs to shed~9ea6 from now on\n");
  on_loop([this] { backend_.forget_outcome = ForgetOutcome::nothing; });
  const ProgramResult unknown = run({"dsn", "forget", "shet"});
  EXPECT_EQ(unknown.exit_code, 4);
  EXPECT_EQ(unknown.err, "dsn: no node 'shet' (did you mean 'shed'?); known: attic cellar shed\n");
  on_loop([this] { backend_.refusal = "shed is live"; });
  const ProgramResult refused = run({"dsn", "forget", "shed"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err, "dsn: shed is live\n");
  EXPECT_EQ(run({"dsn", "forget"}).exit_code, 2);
}

TEST_F(Program, LeaveAsksTheAgent) {
  EXPECT_EQ(run({"dsn", "leave"}).exit_code, 0);
  on_loop([this] { EXPECT_TRUE(backend_.left); });
}

TEST_F(Program, ReloadSaysWhatChanged) {
  on_loop([this] {
    ReloadReport& report = backend_.reload_report;
    report.applied = true;
    report.sensors_added = 2;
    report.sensors_removed = 1;
    report.sensors_unchanged = 3;
    report.changed = {"hooks"};
    report.next_start = {"node_id"};
  });
  const ProgramResult done = run({"dsn", "reload"});
  EXPECT_EQ(done.exit_code, 0);
  EXPECT_EQ(done.out, "2 sensors added, 1 removed, 3 unchanged; hooks changed\n");
  EXPECT_EQ(done.err, "dsn: node_id changes with the next start of the agent\n");
}

TEST_F(Program, ReloadOfAWrongFileEndsWith78) {
  on_loop([this] {
    backend_.reload_report.errors = {"agent.yaml:1:1: one", "agent.yaml:2:1: two"};
  });
  const ProgramResult wrong = run({"dsn", "reload"});
  EXPECT_EQ(wrong.exit_code, 78);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err,
            "dsn: agent.yaml:1:1: one\n"
            "dsn: agent.yaml:2:1: two\n"
            "dsn: the agent goes on with the configuration that it had\n");
  EXPECT_EQ(run({"dsn", "reload", "now"}).exit_code, 2);
}

TEST_F(Program, NoAgentSaysWhichSocketAndWhatToDo) {
  const std::string nowhere = folder_ / "none.sock";
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"dsn-read", "--socket", nowhere},
        {"dsn", "nodes", "--socket", nowhere},
        {"dsn", "set", "a", "1", "--socket", nowhere},
        {"dsn", "status", "--socket", nowhere}}) {
    const ProgramResult result = run(line);
    EXPECT_EQ(result.exit_code, 5);
    EXPECT_EQ(result.err, line.front() + ": no agent answers on " + nowhere +
                              ": No such file or directory; start one: sudo dsn-agent (before "
                              "that, on a new node: sudo dsn init), or try without: dsn demo\n");
  }
}

TEST_F(Program, NodesAndStatus) {
  EXPECT_TRUE(run({"dsn", "nodes"}).out.starts_with("attic\tlive\t0\t"));
  on_loop([&] { backend_.agent_status.half_met = {{.node = "coop", .address = "10.77.0.7:1"}}; });
  const std::string table = run({"dsn", "nodes"}, true).out;
  EXPECT_NE(table.find("LOSS"), std::string::npos);
  EXPECT_NE(table.find("heard at 10.77.0.7:1, does not answer"), std::string::npos);
  EXPECT_TRUE(run({"dsn", "nodes", "--json"}).out.starts_with(R"({"node":"attic")"));
  EXPECT_NE(run({"dsn", "status"}).out.find("no network key"), std::string::npos);
  EXPECT_TRUE(run({"dsn", "status", "--json"}).out.starts_with(R"({"program_version":)"));
}

TEST_F(Program, SetAndUnset) {
  const ProgramResult set = run({"dsn", "set", "t", "-5.5", "--unit", "Cel", "--max-age", "5s"});
  EXPECT_EQ(set.exit_code, 0) << set.err;
  EXPECT_EQ(set.out, "t = -5.5 on attic, until its agent restarts; --keep keeps it\n");
  on_loop([this] {
    ASSERT_EQ(backend_.last_set.size(), 1U);
    EXPECT_EQ(backend_.last_set[0].value, Value::real(-5.5));
    EXPECT_EQ(backend_.last_set[0].unit, "Cel");
    EXPECT_EQ(backend_.last_set[0].max_age, milliseconds(5000));
  });
  EXPECT_EQ(run({"dsn", "set", "t", "[1,"}).exit_code, 2);
  EXPECT_EQ(run({"dsn", "set", "t", "1", "--ttl", "10m"}).out, "t = 1 on attic, for 10m\n");
  EXPECT_EQ(run({"dsn", "set", "t", "1", "--keep"}).out,
            "t = 1 on attic, over restarts, until dsn unset\n");
  EXPECT_EQ(run({"dsn", "unset", "t"}).exit_code, 0);
  on_loop([this] { backend_.refusal = "'T' is no key"; });
  const ProgramResult refused = run({"dsn", "set", "T", "1"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err, "dsn: 'T' is no key\n");
}

TEST_F(Program, AKeyOfAnotherNodeIsSetThere) {
  const ProgramResult three = run({"dsn", "set", "shed", "door", "open"});
  EXPECT_EQ(three.exit_code, 2);
  EXPECT_EQ(three.err,
            "dsn: KEY and VALUE were expected, and not three arguments; a key of shed is "
            "set there: dsn set door open\n");
  const ProgramResult none = run({"dsn", "set", "attic/door"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.err,
            "dsn: the value is missing: dsn set KEY VALUE; a key of attic is set there: "
            "dsn set door VALUE\n");
  EXPECT_EQ(run({"dsn", "set", "room/door"}).err, "dsn: the value is missing: dsn set KEY VALUE\n");
}

TEST_F(Program, KeyNewWritesOnceAndShowsNothingOfIt) {
  const std::string file = folder_ / "network.key";
  const ProgramResult made = run({"dsn", "key", "new", "--out", file});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_EQ(made.out, file + "\n");
  const ProgramResult again = run({"dsn", "key", "new", "--out", file});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.err.find(file), std::string::npos);
  EXPECT_TRUE(again.err.ends_with(
      "a key that is there is never overwritten. To make another: dsn key new --out FILE\n"))
      << again.err;
}

TEST_F(Program, WatchInAPipeWritesALinePerChange) {
  bool changed = false;
  const ProgramResult result =
      run({"dsn-read", "attic", "--watch"}, false, [&](const std::string& out) {
        if (!changed && out.find("room/temperature") != std::string::npos) {
          changed = true;
          on_loop([this] {
            NodeEvent event;
            event.node = "attic";
            event.node_id = "attic-id";
            event.key = "room/temperature";
            event.reading =
                reading_of("attic", event.key, Value::real(22.5), "Cel", milliseconds(0));
            server_->publish(event);
            event.kind = NodeEvent::Kind::removed;
            event.key = "cpu/temperature";
            event.reading.reset();
            server_->publish(event);
          });
        }
        return out.find("removed") != std::string::npos;
      });
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("attic\troom/temperature\t22.5\tCel\t0\tok\n"
                            "attic\tcpu/temperature\t\t\t\tremoved\n"),
            std::string::npos)
      << result.out;
}

TEST_F(Program, WatchOnATerminalRepaintsAndLeavesItInOrder) {
  bool closed = false;
  const ProgramResult result = run({"dsn-read", "--watch"}, true, [&](const std::string& out) {
    if (!closed && out.find("3 nodes") != std::string::npos) {
      closed = true;
      on_loop([this] { server_->close(); });
    }
    // First it may only be said that the connection broke.
    return out.find("no agent answers on " + socket_) != std::string::npos;
  });
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("\x1b[?25l\x1b[H\x1b[2J\x1b[H")) << result.out;
  EXPECT_TRUE(result.out.ends_with("\x1b[?25h\r\r\n") || result.out.ends_with("\x1b[?25h\r\n"));
  EXPECT_NE(result.out.find("NOT LIVE for "), std::string::npos);
}

TEST_F(Program, AReaderThatGoesAwayIsNoError) {
  on_loop([this] {
    backend_.readings.assign(
        5000, reading_of("attic", "t", Value::text(std::string(100, 'x')), "", seconds(1)));
  });
  // The shell reports the exit code of the first program of the pipe.
  const std::string folder = program_folder();
  const std::string command = "bash -c 'set -o pipefail; DSN_SOCKET=" + socket_ +
                              " $DSN_EMULATOR " + folder + "/dsn-read 2>" + (folder_ / "err") +
                              " | head -n 1 >/dev/null'";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "err"));
}

TEST(ProgramAlone, HelpVersionAndUsage) {
  EXPECT_TRUE(run_program({{"dsn-read", "--version"}, {}, false, {}}).out.starts_with("dsn-read "));
  EXPECT_EQ(run_program({{"dsn", "--help"}, {}, false, {}}).exit_code, 0);
  const ProgramResult usage = run_program({{"dsn", "raed"}, {}, false, {}});
  EXPECT_EQ(usage.exit_code, 2);
  EXPECT_EQ(usage.err, "dsn: no command 'raed' (did you mean 'read'?); see dsn --help\n");
  EXPECT_EQ(run_program({{"dsn"}, {}, false, {}}).exit_code, 2);
}

/// The text without the colours and the line ends that the programs themselves write.
std::string without_our_own(std::string text) {
  for (std::size_t at = 0; (at = text.find("\x1b[", at)) != std::string::npos;) {
    const std::size_t end = text.find_first_not_of("0123456789;", at + 2);
    if (end == std::string::npos || text[end] != 'm') return text;
    text.erase(at, end + 1 - at);
  }
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r' || c == '\t'; });
  return text;
}

TEST_F(Program, NothingOfOthersReachesATerminalOrAPipeRaw) {
  const std::string hostile = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202e\u200b\u00ad\U000e0041\x7f";
  Reading reading = reading_of(hostile, "k", Value::text(hostile), hostile, seconds(1));
  reading.freshness = Freshness::error;
  reading.error = hostile;
  reading.via = hostile;
  on_loop([&] {
    backend_.readings = {reading};
    NodeInfo& node = backend_.node_list.front();
    node.name = node.reason = node.via = node.address = node.program = hostile;
    backend_.agent_status.warnings = {{hostile, hostile, hostile, hostile}};
    backend_.agent_status.bootstrap_nodes = {{hostile, 1, hostile, hostile, {}}};
    backend_.agent_status.half_met = {{hostile, hostile, hostile, hostile, true, true, 1, {}, {}}};
    backend_.examination.findings = {{{hostile, hostile, hostile, hostile}, {hostile}}};
    backend_.refusal = hostile;
    backend_.reload_report.errors = backend_.reload_report.warnings = {hostile};
  });
  const std::vector<std::vector<std::string>> lines = {
      {"dsn-read"},           {"dsn-read", "--json"},
      {"dsn", "nodes"},       {"dsn", "nodes", "--json"},
      {"dsn", "doctor"},      {"dsn", "doctor", "--json"},
      {"dsn", "status"},      {"dsn", "status", "--json"},
      {"dsn-read", "nobody"}, {"dsn", "forget", "shed"},
      {"dsn", "reload"},      {"dsn", "set", "k", "1"}};
  for (const std::vector<std::string>& line : lines) {
    for (const bool terminal : {false, true}) {
      const ProgramResult result = run(line, terminal);
      const std::string said = without_our_own(result.out + result.err);
      EXPECT_NE(said.find("owned"), std::string::npos) << line.back() << " " << said;
      EXPECT_EQ(printable(said), said) << line.back();
    }
  }
}

TEST_F(Program, ABareValueIsRawInAPipeOnly) {
  on_loop([this] { backend_.readings.front().value = Value::text("\x1b[2J\n\u202e\\"); });
  const std::vector<std::string> line = {"dsn-read", "attic", "cpu/temperature", "--value"};
  EXPECT_EQ(run(line).out, "\x1b[2J\n\u202e\\\n");
  EXPECT_EQ(run(line, true).out, "\\x1b[2J\\n\\u202e\\\r\n");
}

TEST_F(Program, NoErrorRepeatsAKey) {
  for (const std::string key :
       {"DSN1-XZSB-0F3K-9QRT-22WM-ABCD-EFGH-JKMN-PQRS", "00112233445566778899aabbccddeeff"}) {
    const std::vector<std::vector<std::string>> lines = {
        {"dsn", "join", key},
        {"dsn", "join", "--invite=" + key},
        {"dsn", key},
        {"dsn", "join", "--name", key, "--yes", "--config", folder_ / "new.yaml"},
        {"dsn", "init", "--key", key, "--yes", "--config", folder_ / "new.yaml"},
        {"dsn", "key", "new", key},
        {"dsn", "key", "invite", "--config", key},
        {"dsn", "check", key},
        {"dsn-read", key, "a", "b"},
        {"dsn-read", key},
        {"dsn", "set", "a", "1", key},
        {"dsn", "demo", key},
        {"dsn", "--" + key},
        {"dsn", "set", key, "1", "--max-age", key}};
    for (const std::vector<std::string>& line : lines) {
      const ProgramResult result = run(line);
      EXPECT_NE(result.exit_code, 0) << line[1];
      EXPECT_NE(result.out + result.err, "") << line[1];
      EXPECT_EQ((result.out + result.err).find(key.substr(0, 19)), std::string::npos)
          << line[1] << ": " << result.out << result.err;
    }
  }
}

}  // namespace
}  // namespace dsn::cli
