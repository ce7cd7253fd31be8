// SPDX-License-Identifier: Apache-2.0
// What the commands print that ask an agent.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "unit/cli/golden.hpp"
#include "unit/cli/program_fixture.hpp"

namespace dsn::cli {
namespace {

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
    gone.reason = "never heard by this node, others told of it";
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

  /// A message, as soon as somebody listens.
  void deliver_once() {
    asio::post(io_, [this] {
      Message message{.from = "cellar", .from_id = std::string(32, 'c'), .name = "light"};
      message.payload = Value::text("on");
      if (server_ && server_->deliver(message) == 0) deliver_once();
    });
  }

  void expect(const std::string& name, std::vector<std::string> arguments) {
    expect_golden(name, call(std::move(arguments)));
  }
  GoldenCall call(std::vector<std::string> arguments) {
    return {.arguments = std::move(arguments), .environment = {"DSN_SOCKET=" + socket_}};
  }

  std::filesystem::path before_;
};

TEST_F(Golden, Read) {
  expect("read", {"dsn-read"});
  expect("read-bad", {"dsn-read", "--bad"});
  expect("read-pattern", {"dsn-read", "*", "*/temperature"});
  expect("read-key", {"dsn-read", "door"});
  expect("read-table", {"dsn-read", "cellar", "--table"});
  GoldenCall csv = call({"dsn-read", "--csv"});
  csv.fits = false;
  expect_golden("read-csv", csv);
  expect("read-unknown", {"dsn-read", "attic", "room/temperatur"});
  expect("no-agent", {"dsn-read", "--socket", "none.sock"});
}

/// What stands below the first `$ dsn-read` of the README.
std::string readme_table() {
  std::ostringstream readme;
  readme << std::ifstream(DSN_SOURCE_ROOT "/README.md").rdbuf();
  const std::string begin = "\n$ dsn-read\n";
  const std::size_t at = readme.str().find(begin) + begin.size();
  return readme.str().substr(at, readme.str().find("```", at) - at);
}

TEST_F(Golden, TheReadmeBeginsWithWhatIsPrinted) {
  Reading water = reading_of("cellar", "water/level", Value::real(0.62), "m", seconds(6));
  water.max_age = seconds(5);
  water.freshness = Freshness::late;
  Reading door = reading_of("shed", "door", Value::text("open"), "", seconds(243));
  door.freshness = Freshness::node_gone;
  door.node_heard = seconds(243);
  backend_.readings = {
      reading_of("attic", "outside/temperature", Value::real(4.3), "Cel", seconds(2)),
      reading_of("cellar", "pump/temperature", Value::real(38.6), "Cel", seconds(1)), water, door};
  ProgramRun shown{{"dsn-read"}, {"DSN_SOCKET=" + socket_, "NO_COLOR=1"}, true, {}};
  shown.columns = 120;
  std::string text = run_program(shown).out;
  std::erase(text, '\r');
  EXPECT_EQ(text, readme_table());
}

TEST_F(Golden, Nodes) {
  expect("nodes", {"dsn", "nodes"});
  expect("nodes-bad", {"dsn", "nodes", "--bad"});
}

TEST_F(Golden, Agent) {
  expect("status", {"dsn", "status"});
  expect("doctor", {"dsn", "doctor"});
  expect("reload", {"dsn", "reload"});
  expect("forget", {"dsn", "forget", "shed"});
  expect("leave", {"dsn", "leave"});
  expect("revoke", {"dsn", "revoke", "shed", "--authority", "none.key"});
  expect("sleep", {"dsn", "sleep", "10m"});
  expect("set", {"dsn", "set", "door", "open"});
  expect("unset", {"dsn", "unset", "door"});
}

TEST_F(Golden, Messages) {
  backend_.report = SendReport{.node = "cellar", .listeners = 2};
  expect("send", {"dsn", "send", "cellar", "light", "on"});
  backend_.report->reply = Value::text("on since this morning");
  expect("ask", {"dsn", "ask", "cellar", "light"});
  backend_.report = SendReport{.node = "cellar", .delivery = Delivery::nobody_listens};
  expect("send-unheard", {"dsn", "send", "cellar", "light", "on"});
  backend_.report = SendReport{.node = "cellar", .delivery = Delivery::no_reply, .listeners = 1};
  expect("ask-unanswered", {"dsn", "ask", "cellar", "light"});
}

TEST_F(Golden, Listen) {
  GoldenCall listen = call({"dsn", "listen", "light"});
  listen.before = [this] { deliver_once(); };
  listen.until = [](const std::string& text) { return text.find("cellar") != text.npos; };
  expect_golden("listen", listen);
}

TEST_F(Golden, Modules) {
  expect("modules-none", {"dsn", "nodes", "--modules"});
  auto module = Client::connect(socket_);
  ASSERT_TRUE(module && module->hello("dsn-record", "0.2.0") && module->subscribe());
  GoldenCall modules = call({"dsn", "nodes", "--modules"});
  modules.mask = [](std::string text) {
    const std::string pid = std::to_string(::getpid());
    const std::string digits = "1234567890";
    for (std::size_t at = 0; (at = text.find(pid, at)) != text.npos;) {
      text.replace(at, pid.size(), digits.substr(0, pid.size()));
    }
    return text;
  };
  expect_golden("modules", modules);
}

TEST_F(Golden, Check) {
  std::filesystem::create_directories("root/proc");
  std::ofstream("root/proc/loadavg") << "0.42 0.30 0.20 1/234 5678\n";
  std::ofstream("agent.yaml") << "node_id: attic\n"
                                 "sensors:\n"
                                 "  load: { proc: load1 }\n"
                                 "  room/temperature: { w1: 28-00000a1b2c3d, preset: ds18b20 }\n";
  std::ofstream("wrong.yaml") << "node_id: attic\nsensor: {}\n";
  expect("check", {"dsn", "check", "agent.yaml", "--system-root", "root"});
  expect("check-wrong", {"dsn", "check", "wrong.yaml"});
}

TEST_F(Golden, Help) {
  expect("commands", {"dsn"});
  expect("help-wait", {"dsn", "help", "wait"});
  expect("unknown-option", {"dsn", "nodes", "--jsno"});
  expect("unknown-command", {"dsn", "raed"});
}

}  // namespace
}  // namespace dsn::cli
