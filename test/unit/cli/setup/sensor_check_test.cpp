// SPDX-License-Identifier: Apache-2.0
// dsn check, on what was recorded of real devices.
#include "cli/setup/sensor_check.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_dir.hpp"
#include "unit/cli/program.hpp"

namespace dsn::cli {
namespace {

const std::string kRecorded = DSN_SOURCE_ROOT "/test/data/sysfs/";

class Check : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder_ / "agent.yaml";
    std::ofstream(path) << text;
    return path;
  }
  /// Of a configuration, on a recorded machine.
  ProgramResult check(const std::string& text, std::vector<std::string> options = {},
                      const std::string& machine = "pc", bool terminal = false) {
    options.insert(options.begin(),
                   {"dsn", "check", write(text), "--system-root", kRecorded + machine});
    return run_program({std::move(options), {"NO_COLOR=1"}, terminal, {}});
  }

  test::TempDir folder_;
};

TEST_F(Check, ReadsPresetsFromTheDevicesTheyAreFor) {
  struct Device {
    const char* machine;
    const char* sensor;
    const char* lines;
  };
  for (const Device& device : {
           Device{"bme280", "preset: bme280",
                  "a/humidity\tiio\t45.123\t%RH\t45.1\t%RH\tok\n"
                  "a/pressure\tiio\t1013.40887\thPa\t1013.4\thPa\tok\n"
                  "a/temperature\tiio\t21.43\tCel\t21.4\tCel\tok\n"},
           Device{"ina219", "preset: ina219", "a\thwmon\t1.213\tA\t1.213\tA\tok\n"},
           Device{"ina219", "preset: ina219_voltage", "a\thwmon\t5.076\tV\t5.08\tV\tok\n"},
           Device{"mcp9808", "preset: mcp9808", "a\thwmon\t23.562\tCel\t23.6\tCel\tok\n"},
           Device{"bh1750", "preset: bh1750",
                  "a/illuminance\tiio\t264.166561\tlx\t264.0\tlx\tok\n"},
           Device{"sht3x", "preset: sht3x_humidity", "a\thwmon\t41.217\t%RH\t41.2\t%RH\tok\n"},
           Device{"sps30", "preset: sps30, values: {pm1: {scale: 2}}",
                  "a/pm10\tiio\t5.61\tug/m3\t5.6\tug/m3\tok\n"
                  "a/pm1\tiio\t3.12\tug/m3\t6.2\tug/m3\tok\n"
                  "a/pm2_5\tiio\t4.56\tug/m3\t4.6\tug/m3\tok\n"
                  "a/pm4\tiio\t5.23\tug/m3\t5.2\tug/m3\tok\n"},
       }) {
    const ProgramResult result =
        check(std::string("sensors:\n  a: {") + device.sensor + "}\n", {}, device.machine);
    EXPECT_EQ(result.out, device.lines) << device.sensor;
    EXPECT_EQ(result.exit_code, 0);
  }
}

TEST_F(Check, ReadsWhatTheBoardHas) {
  const ProgramResult result = check("board: rpi-4\n", {}, "raspberry-pi-4");
  EXPECT_TRUE(
      result.out.starts_with("cpu/temperature\tthermal\t48.212\tCel\t48.2\tCel\tok\n"
                             "power/under_voltage\trpi\ttrue\t\ttrue\t\tok\n"))
      << result.out;
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(Check, SaysWhatToDoAboutADeviceThatIsNotThere) {
  const ProgramResult result = check(
      "sensors: {a: {preset: bh1750}, cpu: {hwmon: coretemp, label: Core 1}}\n", {}, "pc", true);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(
      result.out,
      "KEY  DRIVER       RAW    VALUE  STATUS\r\n"
      "a    iio            \u2014        \u2014  error: iio: no device 'bh1750' (found: none)\r\n"
      "cpu  hwmon   44.0 Cel  44.0 \u00b0C  ok\r\n"
      "\r\n"
      "a: is its overlay in config.txt? see: grep . /sys/bus/iio/devices/*/name\r\n");
}

TEST_F(Check, ShowsWhatIsOutOfRange) {
  const ProgramResult result = check("sensors: {cpu: {hwmon: coretemp, label: Core 1, max: 20}}\n");
  EXPECT_EQ(result.out,
            "cpu\thwmon\t44.0\tCel\t\t\terror: out of range: 44 Cel, plausible 20 or less\n");
  EXPECT_EQ(result.exit_code, 1);
}

TEST_F(Check, OfAWrongConfigurationReadsNothing) {
  const std::string text = "prot: 5\nsensors: {a: {exec: /bin/false, unit: \u00b0C}}\n";
  const ProgramResult plain = check(text);
  EXPECT_EQ(plain.exit_code, 78);
  const std::string file = folder_ / "agent.yaml";
  EXPECT_EQ(plain.out, file + ":1:1: unknown key 'prot' (did you mean 'port'?)\n" + file +
                           ":2:39: unknown unit '\u00b0C' in sensor 'a' (did you mean 'Cel'?)\n");
  const ProgramResult json = check("prot: 5\n", {"--json"});
  EXPECT_EQ(json.exit_code, 78);
  EXPECT_EQ(json.out, "{\"severity\":\"error\",\"file\":\"" + file +
                          "\",\"line\":1,\"column\":1,"
                          "\"message\":\"unknown key 'prot' (did you mean 'port'?)\"}\n");
}

TEST_F(Check, PrintsAnObjectForEachValue) {
  EXPECT_EQ(
      check("sensors: {cpu: {hwmon: coretemp, label: Core 1}}\n", {"--json"}).out,
      "{\"key\":\"cpu\",\"driver\":\"hwmon\",\"raw\":44.0,\"raw_unit\":\"Cel\",\"value\":44.0,"
      "\"unit\":\"Cel\",\"status\":\"ok\"}\n");
}

TEST_F(Check, WithoutReadingCounts) {
  const ProgramResult result = check("sensors: {a: {file: /none}}\n", {"--no-read"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, std::string(folder_ / "agent.yaml") + ": 1 sensor, no errors\n");
}

// With each of these the agent ends at once, whatever its sensors say.
TEST_F(Check, SaysWithWhatAnAgentWouldNotStart) {
  const std::string file = folder_ / "agent.yaml";
  const ProgramResult without_key = check("aes_key_file: keys/k1.key\n", {"--no-read"});
  EXPECT_EQ(without_key.exit_code, 78);
  EXPECT_EQ(without_key.out,
            file + ": aes_key_file: there is no network key " + (folder_ / "keys/k1.key") +
                ": run 'dsn init' to create a network or 'dsn join' to join one\n");
  const ProgramResult no_sensor = check("sensors:\n  a: {proc: laod1}\n", {"--no-read"});
  EXPECT_EQ(no_sensor.exit_code, 78);
  EXPECT_EQ(no_sensor.out, file + ":2:3: proc: unknown reading 'laod1' (did you mean 'load1'?)\n");
}

TEST_F(Check, SaysWhichProgramsAreMissing) {
  const std::string file = folder_ / "agent.yaml";
  const ProgramResult result = check(
      "hooks:\n"
      "  lost: {on_gone: {node: '*'}, run: [/none/notify, lost]}\n"
      "  kept: {on_change: {key: a}, write: /none/kept}\n"
      "commands:\n"
      "  lamp: {run: [/none/lamp], from: [station]}\n",
      {"--no-read"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.out, file + ":2:3: hook 'lost': /none/notify: No such file or directory\n" +
                            file +
                            ":3:3: hook 'kept' cannot write to /none/: No such file or "
                            "directory\n" +
                            file + ":5:3: command 'lamp': /none/lamp: No such file or directory\n");
}

TEST_F(Check, OfNoFileSaysWhatToWrite) {
  const ProgramResult result = run_program({{"dsn", "check", "/none/agent.yaml"}, {}, false, {}});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_EQ(result.out, "/none/agent.yaml: No such file or directory\n");
  EXPECT_NE(result.err.find("every key has a default"), std::string::npos) << result.err;
}

TEST_F(Check, PrintsTheSchema) {
  const ProgramResult result = run_program({{"dsn", "check", "--schema"}, {}, false, {}});
  std::stringstream text;
  text << std::ifstream(DSN_SOURCE_ROOT "/docs/agent.schema.json").rdbuf();
  EXPECT_EQ(result.out, text.str());
}

}  // namespace
}  // namespace dsn::cli
