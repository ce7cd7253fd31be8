// SPDX-License-Identifier: Apache-2.0
// dsn init and dsn join, on what was recorded of real devices.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/temp_dir.hpp"
#include "unit/cli/program.hpp"

namespace dsn::cli {
namespace {

namespace fs = std::filesystem;

const std::string kData = DSN_SOURCE_ROOT "/test/data/";

std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

class Init : public testing::Test {
 protected:
  /// A machine that shows all of these.
  void record(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      fs::copy(kData + "sysfs/" + name, root_,
               fs::copy_options::recursive | fs::copy_options::copy_symlinks |
                   fs::copy_options::skip_existing);
    }
  }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
  }
  void be_a_raspberry_pi() {
    record({"raspberry-pi-4", "ds18b20", "bme280", "mcp9808"});
    write(root_ + "/sys/bus/w1/devices/28-00000a1b2c3e/temperature", "85000\n");  // fails
    write(root_ + "/sys/firmware/devicetree/base/compatible",
          std::string("raspberrypi,4-model-b\0brcm,bcm2711\0", 35));
    write(root_ + "/proc/loadavg", "0.52 0.58 0.59 1/389 12345\n");
    write(root_ + "/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\n");
  }

  ProgramRun line(const std::string& command, std::vector<std::string> options = {}) {
    options.insert(options.begin(), {"dsn", command, "--config", config_, "--name", "attic",
                                     "--system-root", root_});
    return {.arguments = std::move(options),
            .environment = {"STATE_DIRECTORY=" + state_, "NO_COLOR=1"}};
  }
  ProgramResult init(std::vector<std::string> options = {"--yes"}) {
    return run_program(line("init", std::move(options)));
  }
  /// On a terminal, where each question gets an answer.
  ProgramResult ask(std::vector<std::string> answers, const std::string& command = "init") {
    ProgramRun run = line(command);
    run.terminal = true;
    run.columns = 200;  // paths of the test are longer than those that are shown
    run.answers = std::move(answers);
    return run_program(run);
  }
  ProgramResult join(const std::string& input, std::vector<std::string> options = {"--yes"}) {
    ProgramRun run = line("join", std::move(options));
    run.input = input;
    return run_program(run);
  }
  ProgramResult check() {
    return run_program({.arguments = {"dsn", "check", config_, "--system-root", root_}});
  }
  ProgramResult invite() {
    return run_program({.arguments = {"dsn", "key", "invite", "--config", config_}});
  }

  /// What was printed, with the folder of this test as /T.
  std::string masked(const std::string& text) {
    return replaced(replaced(text, folder_ / "", "/T/"), "sudo ", "");
  }
  bool nothing_was_written() {
    return !fs::exists(config_) && !fs::exists(folder_ / "etc") && !fs::exists(state_);
  }

  test::TempDir folder_;
  std::string root_ = folder_ / "root";
  std::string state_ = folder_ / "state";
  std::string config_ = folder_ / "etc/dsn/agent.yaml";
  std::string key_ = folder_ / "etc/dsn/keys/k1.key";
};

TEST_F(Init, WritesTheFileThatItShouldForARaspberryPi) {
  be_a_raspberry_pi();
  write(root_ + "/lib/systemd/system/dsn-agent.service", "");
  const ProgramResult result = init();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(text_of(config_), text_of(kData + "init/raspberry-pi.yaml"));
  EXPECT_EQ(masked(result.out), text_of(kData + "init/raspberry-pi.out"));
  EXPECT_EQ(mode_of(config_), 0644U);
  EXPECT_EQ(mode_of(folder_ / "etc/dsn"), 0755U);
  EXPECT_EQ(mode_of(folder_ / "etc/dsn/keys"), 0700U);
  EXPECT_EQ(mode_of(key_), 0600U);
  EXPECT_EQ(mode_of(state_ + "/node.key"), 0600U);

  const ProgramResult checked = check();
  EXPECT_EQ(checked.exit_code, 0) << checked.out;
  EXPECT_NE(checked.out.find("room/temperature\tw1\t21.437\tCel\t21.4\tCel\tok\n"),
            std::string::npos)
      << checked.out;
}

TEST_F(Init, AsksForEachSensorOnATerminal) {
  be_a_raspberry_pi();
  const ProgramResult result =
      ask({"", "Room", "cpu/temperature", "outside", "room/temperature", "garden", "no"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string shown = invite().out;
  const std::string out = replaced(replaced(masked(result.out), "\r\n", "\n"), shown, "(invite)\n");
  EXPECT_EQ(out, text_of(kData + "init/dialog.out"));
  const std::string text = text_of(config_);
  EXPECT_NE(text.find("\n  outside: "), std::string::npos) << text;
  EXPECT_NE(text.find("\n  garden:  "), std::string::npos) << text;
  EXPECT_NE(text.find("\n  # board/temperature: "), std::string::npos) << text;
}

/// Without the widths of columns, and as with the usual place of the configuration.
std::string comparable(std::string text) {
  for (const char* gone : {"sudo ", " --config /etc/dsn/agent.yaml", "\r"}) {
    text = replaced(text, gone, "");
  }
  text = replaced(text, "dsn check /etc/dsn/agent.yaml", "dsn check");
  while (text.find("  ") != std::string::npos) text = replaced(text, "  ", " ");
  return text;
}

TEST_F(Init, ShowsWhatTheReadmeSays) {
  be_a_raspberry_pi();
  fs::remove_all(root_ + "/sys/bus/w1/devices/28-00000a1b2c3e");
  fs::remove_all(root_ + "/sys/class/hwmon/hwmon3");
  // As a package has it: the usual place, and a service.
  config_ = root_ + "/etc/dsn/agent.yaml";
  write(root_ + "/lib/systemd/system/dsn-agent.service", "");
  std::string out = comparable(replaced(masked(ask({"", "outside"}).out), "/T/root/", "/"));
  out = replaced(out, replaced(invite().out, "\n", ""), "DSN2-\u2026");
  // The test gives a name; and who reads the README sees no Return.
  out = replaced(replaced(out, "attic\n", "attic (from the host name)\n"), "[Y] \n", "[Y]\n");
  const std::string readme = comparable(text_of(DSN_SOURCE_ROOT "/README.md"));
  EXPECT_NE(readme.find("attic $ dsn init\n" + out + "```\n"), std::string::npos) << out;
}

TEST_F(Init, AddsWhatWasBoughtLater) {
  const auto run = [this](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "dsn");
    arguments.insert(arguments.end(), {"--config", config_, "--system-root", root_});
    const ProgramResult result = run_program({.arguments = std::move(arguments)});
    return masked(result.out + result.err);
  };
  record({"ds18b20"});
  write(root_ + "/proc/loadavg", "0.52 0.58 0.59 1/389 12345\n");
  write(root_ + "/proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 500 kB\n");
  EXPECT_EQ(run({"init", "--add", "--yes"}),
            "dsn: /T/etc/dsn/agent.yaml is not there: run dsn init without --add\n");
  EXPECT_EQ(init().exit_code, 0);
  const std::string nothing = "found     nothing that is not in /T/etc/dsn/agent.yaml already\n";
  EXPECT_EQ(run({"scan"}), nothing);
  EXPECT_EQ(run({"init", "--add", "--yes"}), nothing);

  record({"bme280"});
  write(root_ + "/sys/bus/w1/devices/28-00000a1b2c3e/temperature", "19500\n");
  EXPECT_EQ(run({"scan"}),
            "found     1-wire 28-00000a1b2c3e \u2192 19.5 \u00b0C             room2/temperature: "
            "{w1: 28-00000a1b2c3e, preset: ds18b20}\n"
            "found     IIO bme280 \u2192 45.1 %RH, 1013.4 hPa, 21.4 \u00b0C   air: {iio: bme280, "
            "preset: bme280}\n"
            "next      dsn init --add --config /T/etc/dsn/agent.yaml # adds them to the "
            "configuration\n");
  const std::string before = text_of(config_);
  EXPECT_EQ(run({"init", "--add", "--yes"}),
            "found     1-wire 28-00000a1b2c3e \u2192 19.5 \u00b0C             enabled as "
            "room2/temperature\n"
            "found     IIO bme280 \u2192 45.1 %RH, 1013.4 hPa, 21.4 \u00b0C   enabled as air\n"
            "wrote     /T/etc/dsn/conf.d/sensors-1.yaml\n"
            "next      dsn check /T/etc/dsn/agent.yaml # reads each sensor once\n"
            "          dsn reload                      # the agent takes them\n");
  EXPECT_EQ(text_of(config_), before);
  EXPECT_EQ(
      text_of(folder_ / "etc/dsn/conf.d/sensors-1.yaml"),
      "# Sensors that were found by 'dsn init --add'.\n"
      "sensors:\n"
      "  room2/temperature: {w1: 28-00000a1b2c3e, preset: ds18b20}  # 19.5 \u00b0C when it was "
      "found\n"
      "  air:               {iio: bme280, preset: bme280}           # 45.1 %RH, 1013.4 hPa, "
      "21.4 \u00b0C when it was found\n");
  EXPECT_EQ(check().exit_code, 0) << check().out;
  EXPECT_EQ(run({"scan"}), nothing);
}

TEST_F(Init, OffersNothingTwiceThatTheBoardHas) {
  be_a_raspberry_pi();
  const std::string out = init().out;
  EXPECT_EQ(out.find("cpu_thermal"), std::string::npos) << out;
  EXPECT_EQ(out.find("Raspberry Pi flags"), std::string::npos) << out;
  // On a machine that is no board of ours they are offered.
  fs::remove_all(folder_ / "etc");
  fs::remove_all(root_ + "/sys/firmware");
  const std::string other = init().out;
  EXPECT_NE(other.find("hwmon cpu_thermal temp1 \u2192 48.2 \u00b0C"), std::string::npos) << other;
  EXPECT_NE(other.find("Raspberry Pi flags"), std::string::npos) << other;
  EXPECT_EQ(text_of(config_).find("\nboard:"), std::string::npos);
  EXPECT_EQ(check().exit_code, 0);
}

TEST_F(Init, OfEveryRecordedMachineWritesWhatIsGood) {
  for (const auto& machine : fs::directory_iterator(kData + "sysfs")) {
    fs::remove_all(root_);
    fs::remove_all(folder_ / "etc");
    record({machine.path().filename()});
    EXPECT_EQ(init().exit_code, 0);
    const ProgramResult checked =
        run_program({.arguments = {"dsn", "check", "--no-read", config_, "--system-root", root_}});
    EXPECT_EQ(checked.exit_code, 0) << machine.path() << ": " << checked.out << text_of(config_);
  }
}

TEST_F(Init, QuotesNamesThatYamlWouldMisread) {
  write(root_ + "/sys/class/hwmon/hwmon0/name", "a: #b, {c}\n");
  write(root_ + "/sys/class/hwmon/hwmon0/temp1_input", "1000\n");
  write(root_ + "/sys/class/hwmon/hwmon0/temp1_label", "\"it's\" \\ # {}\n");
  write(root_ + "/sys/class/hwmon/hwmon1/name", "b\x1b[31m\n");
  write(root_ + "/sys/class/hwmon/hwmon1/temp1_input", "1000\n");
  EXPECT_EQ(init().exit_code, 0);
  const std::string text = text_of(config_);
  EXPECT_NE(text.find("{hwmon: \"a: #b, {c}\", "), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(check().out.find("\thwmon\t1.0\tCel\t"), std::string::npos) << check().out;
}

TEST_F(Init, NeverOverwrites) {
  write(config_, "mine");
  const ProgramResult config = init();
  EXPECT_EQ(config.exit_code, 1);
  EXPECT_NE(config.err.find(config_ + " is there already and stays as it is"), std::string::npos)
      << config.err;
  EXPECT_EQ(text_of(config_), "mine");
  EXPECT_FALSE(fs::exists(key_));

  fs::remove(config_);
  write(key_, "my key");
  const ProgramResult key = init();
  EXPECT_EQ(key.exit_code, 1);
  EXPECT_NE(key.err.find("dsn init --key " + key_), std::string::npos) << key.err;
  EXPECT_EQ(text_of(key_), "my key");
  EXPECT_FALSE(fs::exists(config_));
  EXPECT_EQ(join("").exit_code, 1);

  fs::remove(key_);
  write(state_ + "/node.key", "my identity");
  const ProgramResult identity = init();
  EXPECT_EQ(identity.exit_code, 0) << identity.err;
  EXPECT_NE(identity.out.find(
                "node.key, which was made before (by the package, or an earlier start), is kept"),
            std::string::npos);
  EXPECT_EQ(text_of(state_ + "/node.key"), "my identity");
}

TEST_F(Init, TakesAKeyThatIsGiven) {
  write(folder_ / "usb.key", "000102030405060708090a0b0c0d0e0f\n");
  fs::permissions(folder_ / "usb.key", fs::perms::owner_read);
  EXPECT_EQ(init({"--yes", "--key", folder_ / "usb.key"}).exit_code, 0);
  EXPECT_NE(text_of(config_).find("\naes_key_file: " + (folder_ / "usb.key") + "\n"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(key_));
  EXPECT_EQ(invite().out, "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81\n");

  fs::remove_all(folder_ / "etc");
  EXPECT_EQ(init({"--yes", "--key", folder_ / "none.key"}).exit_code, 1);
  fs::permissions(folder_ / "usb.key", fs::perms::all);
  const ProgramResult open = init({"--yes", "--key", folder_ / "usb.key"});
  EXPECT_EQ(open.exit_code, 1);
  EXPECT_NE(open.err.find("chmod 600"), std::string::npos) << open.err;
  EXPECT_FALSE(fs::exists(folder_ / "etc"));
}

TEST_F(Init, WithoutATerminalNeedsYes) {
  const ProgramResult result = init({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err,
            "dsn: this is no terminal, so nothing can be asked: --yes takes what is proposed\n");
  EXPECT_TRUE(nothing_was_written());
}

TEST_F(Init, RefusesANameThatIsNone) {
  for (const char* name : {"Attic!", "a\"\nport: 1 #", "-"}) {
    ProgramRun run = line("init", {"--yes"});
    run.arguments[5] = name;
    EXPECT_EQ(run_program(run).exit_code, 2) << name;
  }
  EXPECT_TRUE(nothing_was_written());
}

TEST_F(Init, LeavesNothingBehindWhenItIsStoppedOrFails) {
  be_a_raspberry_pi();
  EXPECT_EQ(ask({"", "\x03"}).exit_code, 1);
  EXPECT_TRUE(nothing_was_written());
  // The state folder cannot be made: a file is in the way.
  write(state_, "");
  const ProgramResult result = init();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find(state_), std::string::npos) << result.err;
  EXPECT_FALSE(fs::exists(folder_ / "etc"));
}

TEST_F(Init, SaysWhereItCannotWriteBeforeItAsks) {
  write(folder_ / "file", "");
  config_ = folder_ / "file/dsn/agent.yaml";
  const ProgramResult result = ask({});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "dsn: cannot write to " + (folder_ / "file") + ": Not a directory\n");
}

TEST_F(Init, SaysWhatInConfDDoesNotGoWithIt) {
  write(folder_ / "etc/dsn/conf.d/old.yaml", "node_id: old\n");
  const ProgramResult result = init();
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_NE(result.out.find("conf.d/old.yaml:1:1: "), std::string::npos) << result.out;
}

TEST_F(Init, JoinTakesTheKeyOfTheInvite) {
  EXPECT_EQ(init().exit_code, 0);
  const std::string key = text_of(key_);
  const std::string text = invite().out;
  fs::remove_all(folder_ / "etc");
  const ProgramResult joined = join(text);
  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_EQ(text_of(key_), key);
  EXPECT_EQ(mode_of(key_), 0600U);
  EXPECT_EQ(joined.out.find(text.substr(0, 20)), std::string::npos);

  fs::remove_all(folder_ / "etc");
  EXPECT_EQ(join(key).exit_code, 0);  // the key file itself
  EXPECT_EQ(text_of(key_), key);
}

TEST_F(Init, JoinRefusesWhatIsNoInvite) {
  for (const char* text :
       {"", "\n", "DSN1-0000", "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C82\n"}) {
    EXPECT_EQ(join(text).exit_code, 1) << text;
  }
  EXPECT_EQ(join(std::string(100'000, 'A')).exit_code, 1);
  EXPECT_TRUE(nothing_was_written());
}

TEST_F(Init, JoinAsksAgainAndDoesNotShowWhatIsTyped) {
  const std::string good = "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81";
  const ProgramResult result = ask({"DSN1-1111", good}, "join");
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
  EXPECT_EQ(result.out.find("DSN1-1111"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find(good), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("this invite has 4 digits after DSN1-, not 32"), std::string::npos);
  EXPECT_EQ(invite().out, good + "\n");
}

TEST_F(Init, OfAConfigurationWithoutAKeyAddsNoMoreThanThat) {
  write(config_, "node_id: shed\n");
  const ProgramResult joined = join("DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81\n", {});
  EXPECT_EQ(joined.exit_code, 0) << joined.err;
  EXPECT_EQ(text_of(config_), "node_id: shed\n");
  EXPECT_EQ(text_of(folder_ / "etc/dsn/conf.d/network-key.yaml"),
            "# The key that all nodes of the network share: a secret.\n"
            "aes_key_file: keys/k1.key\n");
  EXPECT_EQ(invite().out, "DSN1-000G-40R4-0M30-E209-185G-R38E-1X3B-5C81\n");
  EXPECT_EQ(init().exit_code, 1);  // now it has one
}

TEST_F(Init, ThereIsNoInviteWithoutAKey) {
  const ProgramResult none = invite();
  EXPECT_EQ(none.exit_code, 78);
  EXPECT_NE(none.err.find("there is no configuration " + config_), std::string::npos) << none.err;
  write(config_, "node_id: attic\n");
  const ProgramResult result = invite();
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_EQ(result.err, "dsn: " + config_ +
                            " names no network key: this node is in no network yet; sudo dsn init "
                            "makes one, and sudo dsn join takes an invite\n");
}

}  // namespace
}  // namespace dsn::cli
