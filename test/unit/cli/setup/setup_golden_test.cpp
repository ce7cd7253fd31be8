// SPDX-License-Identifier: Apache-2.0
// What the commands print that need no agent: they make files, or look at them.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "cli/demo/demo_folder.hpp"
#include "support/temp_dir.hpp"
#include "unit/cli/golden.hpp"
#include "unit/cli/program.hpp"

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kInvite[] = "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81";

class SetupGolden : public testing::Test {
 protected:
  SetupGolden() {
    before_ = fs::current_path();
    fs::current_path(folder_.path());
    fs::create_directories("root/proc");
    for (const char* name : {"ds18b20", "bme280"}) record(name);
    std::ofstream("root/proc/loadavg") << "0.42 0.30 0.20 1/234 5678\n";
    std::ofstream("root/proc/meminfo") << "MemTotal: 1000 kB\nMemAvailable: 500 kB\n";
  }
  ~SetupGolden() override { fs::current_path(before_); }
  /// The commands that they print begin with sudo for others.
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "not root";
  }

  static void record(const std::string& name) {
    fs::copy(DSN_SOURCE_ROOT "/test/data/sysfs/" + name, "root",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                 fs::copy_options::skip_existing);
  }
  static void clear() {
    fs::remove_all("etc");
    fs::remove_all("state");
  }
  static GoldenCall call(const std::string& command, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"dsn", command, "--config", "etc/agent.yaml"});
    if (command != "key") options.insert(options.end(), {"--system-root", "root"});
    return {.arguments = std::move(options), .environment = {"STATE_DIRECTORY=state"}};
  }
  static void init() {
    clear();
    GoldenCall made = call("init", {"--name", "attic", "--yes"});
    EXPECT_EQ(run_program({made.arguments, made.environment, false, {}}).exit_code, 0);
  }

  test::TempDir folder_;
  fs::path before_;
};

TEST_F(SetupGolden, Init) {
  GoldenCall made = call("init", {"--name", "attic", "--yes"});
  made.before = clear;
  made.mask = [](std::string text) {
    const std::size_t at = text.find("DSN2-");
    for (std::size_t i = at; at != text.npos && i < text.size() && text[i] != '\n'; ++i) {
      if (i > at + 4 && text[i] != '-') text[i] = 'X';
    }
    return text;
  };
  made.fits = false;  // who copies the invite needs it in one piece
  expect_golden("init", made);
  expect_golden("init-again", call("init", {"--name", "attic", "--yes"}));
  expect_golden("option-twice", call("init", {"--config", "other.yaml"}));
}

TEST_F(SetupGolden, Join) {
  GoldenCall joined = call("join", {"--name", "cellar", "--yes"});
  joined.before = clear;
  joined.input = std::string(kInvite) + "\n";
  joined.answers = {kInvite};
  expect_golden("join", joined);
  joined.input = "sudo dsn join\n";
  joined.answers = {"sudo dsn join", "\x03"};
  expect_golden("join-wrong", joined);
}

TEST_F(SetupGolden, Scan) {
  init();
  expect_golden("scan-none", call("scan"));
  fs::create_directories("root/sys/class/hwmon/hwmon9");
  std::ofstream("root/sys/class/hwmon/hwmon9/name") << "mcp9808\n";
  std::ofstream("root/sys/class/hwmon/hwmon9/temp1_input") << "23600\n";
  expect_golden("scan", call("scan"));
}

TEST_F(SetupGolden, Key) {
  expect_golden("key-new", {.arguments = {"dsn", "key", "new", "--out", "k2.key"},
                            .before = [] { fs::remove("k2.key"); }});
  expect_golden("key-new-again", {.arguments = {"dsn", "key", "new", "--out", "k2.key"}});
}

/// A program with that argument, which goes on until it is killed.
pid_t stand_in(const std::string& argument) {
  std::array<int, 2> until_exec{};
  EXPECT_EQ(::pipe2(until_exec.data(), O_CLOEXEC), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execl("/usr/bin/tail", "tail", "-f", argument.c_str(), nullptr);
    ::_exit(126);
  }
  ::close(until_exec[1]);
  char nothing = 0;
  EXPECT_EQ(::read(until_exec[0], &nothing, 1), 0);
  ::close(until_exec[0]);
  return pid;
}

TEST_F(SetupGolden, DemoThatRuns) {
  auto demo = DemoFolder::create({folder_.path(), folder_ / "dsn-demo"});
  ASSERT_TRUE(demo) << demo.error();
  ASSERT_TRUE(demo->add_nodes({"attic", "cellar"}));
  std::ofstream(demo->node_path("attic") + "/log") << "";
  pid_t pid = 0;
  const auto end = [&pid] {
    if (pid == 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    pid = 0;
  };
  const std::string same_length(demo->path().size() - 5, 'X');
  for (const char* verb : {"freeze", "thaw", "kill", "restart", "clone", "clock"}) {
    const GoldenCall call{.arguments = {"dsn", "demo", verb, "attic"},
                          .environment = {"XDG_RUNTIME_DIR=" + folder_.path()},
                          .before =
                              [&] {
                                end();
                                pid = stand_in(demo->node_path("attic") + "/log");
                                ASSERT_TRUE(demo->record_pid("attic", pid));
                              },
                          .mask =
                              [&](std::string text) {
                                const std::size_t at = text.find(demo->path());
                                return at == text.npos ? text
                                                       : text.replace(at, demo->path().size(),
                                                                      "/run/" + same_length);
                              }};
    expect_golden(std::string("demo-") + verb, call);
  }
  end();
  expect_golden("demo-dead", {.arguments = {"dsn", "demo", "freeze", "cellar"},
                              .environment = {"XDG_RUNTIME_DIR=" + folder_.path()}});
  demo->remove();
}

TEST_F(SetupGolden, DemoThatDoesNotRun) {
  const std::string runtime = "XDG_RUNTIME_DIR=" + folder_.path();
  expect_golden("demo-none",
                {.arguments = {"dsn", "demo", "kill", "attic"}, .environment = {runtime}});
  expect_golden("demo-help", {.arguments = {"dsn", "demo", "--help"}});
}

}  // namespace
}  // namespace dsn::cli
