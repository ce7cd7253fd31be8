// SPDX-License-Identifier: Apache-2.0
// What the commands print on terminals of 40, 80 and 120 columns and in a pipe, compared with the
// files of test/data/cli. With DSN_WRITE_GOLDEN in the environment they are written anew.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/show/display_text.hpp"
#include "unit/cli/program_fixture.hpp"

namespace dsn::cli {
namespace {

const std::string kGolden = DSN_SOURCE_ROOT "/test/data/cli/";

NodeInfo node_of(const std::string& name, NodeState state, const std::string& address) {
  NodeInfo node;
  node.name = name;
  node.id = name + "-id";  // as that of its readings
  node.state = state;
  node.since = seconds(243);
  node.address = address;
  node.via = "mcast4@eth0";
  node.round_trip = std::chrono::microseconds(2140);
  node.loss = 0.003;
  node.keys = 5;
  node.program = "0.2.0";
  node.uptime = seconds(7384);
  return node;
}

class Golden : public Program {
 protected:
  Golden() {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(folder_.path());
    Reading late = reading_of("sensor-garage-33", "power/under_voltage_occurred",
                              Value::boolean(false), "", seconds(75));
    late.freshness = Freshness::late;
    backend_.readings.push_back(late);
    Reading conflict =
        reading_of("attic~9ea6", "room/temperature", Value::real(-4.25), "Cel", seconds(2));
    conflict.freshness = Freshness::conflict;
    backend_.readings.push_back(conflict);
    NodeInfo gone = node_of("shed", NodeState::gone, "192.168.1.14:17373");
    gone.reason = "known from others only";
    NodeInfo twin =
        node_of("attic~9ea6", NodeState::live, "[fe80::bc45:8cff:fe54:3265%eth0]:17373");
    twin.conflict = true;
    NodeInfo self = node_of("attic", NodeState::self, "192.168.1.11:17373");
    self.round_trip.reset();
    self.loss.reset();
    backend_.node_list = {self, twin, node_of("cellar", NodeState::live, "192.168.1.12:17373"),
                          node_of("sensor-garage-33", NodeState::late, "192.168.1.13:17373"), gone};
    describe_agent();
  }
  ~Golden() override { std::filesystem::current_path(before_); }

  void describe_agent() {
    AgentStatus& status = backend_.agent_status;
    status.version = "0.2.0";
    status.node_id = std::string(32, 'a');
    status.network = "fe6af504e69b0ff5";
    status.config_file = "/etc/dsn/agent.yaml";
    status.port = 17373;
    status.pid = 1234;
    status.uptime = seconds(7384);
    status.nodes_live = 2;
    status.nodes_known = 4;
    status.keys_held = 45;
    status.replica_bytes = 34567;
    status.half_met = {{.node = "coop", .address = "10.77.0.7:17373", .interface_name = "eth0"}};
    status.warnings = {{"not-heard", "shed", "shed was not heard since this agent started 60 s ago",
                        "is it switched on, and in the same network? See dsn doctor there"}};
    status.counters = {{"frames_in", 12345}, {"drop_forged", 3}, {"rounds", 77}};
    status.sensors = {
        {"room/temperature", "w1", seconds(10), 1, 0, ""},
        {"pump/temperature", "w1", seconds(10), 7, 3, "w1 28-00000a1b2c9e: CRC NO (3 of last 5)"}};
    backend_.examination.nodes = 3;
    backend_.examination.answered = 2;
    backend_.examination.findings = {{status.warnings.front(), {"attic", "cellar"}}};
    backend_.reload_report.errors = {
        "agent.yaml:12:5: unknown key 'intervall' in sensor 'door' (did "
        "you mean 'interval'?)"};
  }

  /// All outputs of a command, one below the other.
  std::string outputs_of(const std::vector<std::string>& arguments) {
    std::string text;
    for (const unsigned short columns : std::initializer_list<unsigned short>{0, 40, 80, 120}) {
      ProgramRun call{arguments, {"DSN_SOCKET=" + socket_, "NO_COLOR=1"}, columns > 0, {}};
      call.columns = columns;
      call.errors_too = true;
      const ProgramResult result = run_program(call);
      std::string shown = result.out;
      std::erase(shown, '\r');
      text += "== " + (columns > 0 ? std::to_string(columns) + " columns" : std::string("pipe")) +
              ", exit code " + std::to_string(result.exit_code) + "\n" + shown;
      if (columns > 0 && arguments.back() != "--csv") expect_to_fit(shown, columns);
    }
    return text;
  }

  static void expect_to_fit(const std::string& text, std::size_t columns) {
    use_utf8_widths();
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_LE(display_width(line), columns) << line;
    }
  }

  void expect_golden(const std::string& name, std::vector<std::string> arguments) {
    SCOPED_TRACE(name);
    const std::string text = outputs_of(arguments);
    const std::string golden = kGolden + name + ".txt";
    if (std::getenv("DSN_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << text;
    std::ostringstream expected;
    expected << std::ifstream(golden).rdbuf();
    EXPECT_EQ(text, expected.str()) << "unless this is meant: run again with DSN_WRITE_GOLDEN=1";
  }

  std::filesystem::path before_;
};

TEST_F(Golden, Read) {
  expect_golden("read", {"dsn-read"});
  expect_golden("read-bad", {"dsn-read", "--bad"});
  expect_golden("read-pattern", {"dsn-read", "*", "*/temperature"});
  expect_golden("read-key", {"dsn-read", "door"});
  expect_golden("read-table", {"dsn-read", "cellar", "--table"});
  expect_golden("read-csv", {"dsn-read", "--csv"});
  expect_golden("read-unknown", {"dsn-read", "attic", "room/temperatur"});
  expect_golden("no-agent", {"dsn-read", "--socket", "none.sock"});
}

TEST_F(Golden, Nodes) {
  expect_golden("nodes", {"dsn", "nodes"});
  expect_golden("nodes-bad", {"dsn", "nodes", "--bad"});
}

TEST_F(Golden, Agent) {
  expect_golden("status", {"dsn", "status"});
  expect_golden("doctor", {"dsn", "doctor"});
  expect_golden("reload", {"dsn", "reload"});
  expect_golden("forget", {"dsn", "forget", "shed"});
  expect_golden("leave", {"dsn", "leave"});
  expect_golden("sleep", {"dsn", "sleep", "10m"});
  expect_golden("set", {"dsn", "set", "door", "open"});
  expect_golden("unset", {"dsn", "unset", "door"});
}

TEST_F(Golden, Check) {
  std::filesystem::create_directories("root/proc");
  std::ofstream("root/proc/loadavg") << "0.42 0.30 0.20 1/234 5678\n";
  std::ofstream("agent.yaml") << "node_id: attic\n"
                                 "sensors:\n"
                                 "  load: { proc: load1 }\n"
                                 "  room/temperature: { w1: 28-00000a1b2c3d, preset: ds18b20 }\n";
  std::ofstream("wrong.yaml") << "node_id: attic\nsensor: {}\n";
  expect_golden("check", {"dsn", "check", "agent.yaml", "--system-root", "root"});
  expect_golden("check-wrong", {"dsn", "check", "wrong.yaml"});
}

TEST_F(Golden, Help) {
  expect_golden("commands", {"dsn"});
  expect_golden("help-wait", {"dsn", "help", "wait"});
  expect_golden("unknown-option", {"dsn", "nodes", "--jsno"});
  expect_golden("unknown-command", {"dsn", "raed"});
}

}  // namespace
}  // namespace dsn::cli
