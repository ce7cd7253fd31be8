// SPDX-License-Identifier: Apache-2.0
// Presets, boards and drop-ins.
#include "config/presets.hpp"

#include <gtest/gtest.h>

#include "config/boards.hpp"
#include "config/embedded.hpp"
#include "config/load.hpp"
#include "support/temp_dir.hpp"

namespace dsn::config {
namespace {

using std::chrono::seconds;

std::string printed(const std::vector<Finding>& findings, const std::string& folder = "") {
  std::string text;
  for (const Finding& finding : findings) {
    std::string line = finding.to_string();
    for (std::size_t at = 0; !folder.empty() && (at = line.find(folder + "/")) != line.npos;) {
      line.erase(at, folder.size() + 1);
    }
    text += line + '\n';
  }
  return text;
}

/// What is wrong with a built-in preset.
std::string faults(const std::string& name) {
  Report report("agent.yaml");
  Presets presets(std::nullopt, report);
  (void)presets.find(name, {}, "the test");
  return printed(report.take_errors());
}

TEST(Presets, AreGoodWithTheirExamples) {
  int count = 0;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.kind != "presets") continue;
    const std::string name(file.name);
    ++count;
    EXPECT_EQ(faults(name), "");
    Report report("agent.yaml");
    Presets presets(std::nullopt, report);
    const Preset& preset = presets.find(name, {}, "the test");
    EXPECT_NE(preset.description, "") << name;
    const LoadResult loaded = load_text("sensors:\n  " + preset.example + "\n", "agent.yaml");
    EXPECT_EQ(printed(loaded.errors) + printed(loaded.warnings), "") << preset.example;
    ASSERT_EQ(loaded.config.sensors.size(), 1U) << name;
    EXPECT_NE(preset.example.find("preset: " + name + "}"), std::string::npos) << name;
  }
  EXPECT_GT(count, 40);
}

TEST(Boards, AreGoodWithTheirSensors) {
  int count = 0;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.kind != "boards") continue;
    ++count;
    const std::string name(file.name);
    const LoadResult loaded = load_text("board: " + name + "\n", "agent.yaml");
    EXPECT_EQ(printed(loaded.errors) + printed(loaded.warnings), "") << name;
    EXPECT_EQ(loaded.config.board, name);
    EXPECT_EQ(loaded.config.sensors.empty(), name == "generic-linux") << name;
  }
  EXPECT_EQ(count, 9);
}

SensorConfig sensor(const std::string& text) {
  LoadResult loaded = load_text("sensors:\n  a: " + text + "\n", "agent.yaml");
  EXPECT_EQ(printed(loaded.errors), "");
  EXPECT_EQ(loaded.config.sensors.size(), 1U);
  return loaded.config.sensors.empty() ? SensorConfig{} : loaded.config.sensors[0];
}

TEST(Presets, GiveWhatASensorLeavesOpen) {
  const SensorConfig plain = sensor("{preset: cpu_thermal}");
  EXPECT_EQ(plain.driver, "thermal");
  EXPECT_EQ(plain.options.at("type"), "cpu-thermal");
  EXPECT_EQ(plain.every, seconds(30));
  EXPECT_EQ(plain.processing.delta, 0.5);
  EXPECT_EQ(plain.processing.ha_class, "temperature");
  const SensorConfig own = sensor("{preset: cpu_thermal, thermal: soc, every: 5s, delta: 2}");
  EXPECT_EQ(own.options.at("type"), "soc");
  EXPECT_EQ(own.every, seconds(5));
  EXPECT_EQ(own.processing.delta, 2);
  EXPECT_EQ(own.processing.precision, 1);
}

TEST(Presets, GiveTheOptionsOfTheirDriver) {
  EXPECT_EQ(sensor("{preset: lm75}").options,
            (std::map<std::string, std::string>{{"chip", "lm75"}, {"input", "temp1"}}));
  EXPECT_EQ(sensor("{preset: lm75, hwmon: lm75b, device: 1-0048}").options,
            (std::map<std::string, std::string>{
                {"chip", "lm75b"}, {"device", "1-0048"}, {"input", "temp1"}}));
  EXPECT_EQ(sensor("{preset: lm75, device: 1-0048}").options,
            (std::map<std::string, std::string>{
                {"chip", "lm75"}, {"device", "1-0048"}, {"input", "temp1"}}));
  EXPECT_EQ(sensor("{preset: lm75, hwmon: {chip: x, input: temp2}}").options,
            (std::map<std::string, std::string>{{"chip", "x"}, {"input", "temp2"}}));
  // Another driver may well measure the same.
  EXPECT_EQ(sensor("{preset: lm75, file: /run/t}").driver, "file");
}

TEST(Presets, AreAskedAfterTheSensorAndItsValues) {
  const test::TempDir dir;
  dir.write("presets/own.yaml",
            "proc: load1\nprecision: 1\ndelta: 1\nvalues: {a: {delta: 2, unit: V}}\n");
  const LoadResult loaded = load(dir.write(
      "agent.yaml", "sensors:\n  x: {preset: own, precision: 3, values: {b: {delta: 5}}}\n"));
  EXPECT_EQ(printed(loaded.errors), "");
  const SensorConfig& x = loaded.config.sensors[0];
  EXPECT_EQ(x.processing_of("").delta, 1);
  EXPECT_EQ(x.processing_of("").precision, 3);
  EXPECT_EQ(x.processing_of("a").delta, 2);
  EXPECT_EQ(x.processing_of("a").unit, "V");
  EXPECT_EQ(x.processing_of("a").precision, 3);
  EXPECT_EQ(x.processing_of("b").delta, 5);
  EXPECT_EQ(x.processing_of("b").unit, std::nullopt);
}

TEST(Presets, BesideTheConfigurationComeFirst) {
  const test::TempDir dir;
  dir.write("presets/cpu_thermal.yaml", "thermal: soc-thermal\nevery: 3s\n");
  const LoadResult loaded =
      load(dir.write("agent.yaml", "sensors:\n  cpu: {preset: cpu_thermal}\n"));
  EXPECT_EQ(printed(loaded.errors), "");
  EXPECT_EQ(loaded.config.sensors[0].every, seconds(3));
  EXPECT_EQ(loaded.config.sensors[0].processing, Processing{});
}

TEST(Boards, GiveWayToSensorsOfTheSameKey) {
  const Config own =
      load_text("board: rpi-4\nsensors:\n  cpu/temperature: {proc: load1}\n", "x").config;
  ASSERT_FALSE(own.sensors.empty());
  EXPECT_EQ(own.sensors[0].driver, "proc");
  for (std::size_t i = 1; i < own.sensors.size(); ++i) {
    EXPECT_NE(own.sensors[i].key, "cpu/temperature");
  }
  EXPECT_TRUE(load_text("board: rpi-4\nboard_sensors: false\n", "x").config.sensors.empty());
  EXPECT_TRUE(load_text("board_sensors: true\n", "x").config.sensors.empty());
}

TEST(Boards, AreFoundByWhatTheFirmwareSays) {
  const test::TempDir machine;
  const test::TempDir dir;
  const std::string file = dir.write("agent.yaml", "board: auto\n");
  EXPECT_EQ(load(file, machine.path()).config.board, "generic-linux");
  const auto says = [&](std::string_view names) {
    machine.write("sys/firmware/devicetree/base/compatible", std::string(names));
    return load(file, machine.path()).config.board;
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(says("raspberrypi,4-model-b\0brcm,bcm2711\0"sv), "rpi-4");
  EXPECT_EQ(says("raspberrypi,model-zero-w\0brcm,bcm2835\0"sv), "rpi-zero");
  EXPECT_EQ(says("raspberrypi,model-zero-2-w\0brcm,bcm2837\0"sv), "rpi-zero-2");
  EXPECT_EQ(says("raspberrypi,4-compute-module-s\0brcm,bcm2711\0"sv), "rpi-4");
  EXPECT_EQ(says("acme,anvil\0"sv), "generic-linux");
  EXPECT_EQ(says("raspberrypi,model-b\0brcm,bcm2835\0"sv), "rpi-1");
  EXPECT_EQ(says("raspberrypi,model-b-i2c0\0brcm,bcm2835\0"sv), "rpi-1-rev1");
  const auto is_of_revision = [&](std::string_view code) {
    machine.write("sys/firmware/devicetree/base/system/linux,revision", std::string(code));
    return says("raspberrypi,model-b\0brcm,bcm2835\0"sv);
  };
  EXPECT_EQ(is_of_revision("\0\0\0\2"sv), "rpi-1-rev1");
  EXPECT_EQ(is_of_revision("\1\0\0\3"sv), "rpi-1-rev1") << "its warranty is void";
  EXPECT_EQ(is_of_revision("\0\0\0\xe"sv), "rpi-1");
  EXPECT_EQ(is_of_revision("\0\0"sv), "rpi-1") << "cut off";
  dir.write("boards/anvil.yaml", "compatible: [\"acme,anvil\"]\n");
  EXPECT_EQ(says("acme,anvil\0"sv), "anvil");
}

TEST(DropIns, JoinTheConfigurationInTheOrderOfTheirNames) {
  const test::TempDir dir;
  dir.write("conf.d/20-b.yaml", "sensors:\n  c: {proc: load15}\nbootstrap_nodes: [b]\n");
  dir.write("conf.d/10-a.yaml", "sensors:\n  b: {proc: load5}\nport: 5\n");
  dir.write("conf.d/30-empty.yaml", "# nothing\nsensors:\n");
  dir.write("conf.d/.hidden.yaml", "port: 7\n");
  dir.write("conf.d/README", "no YAML: at all\n");
  const LoadResult loaded =
      load(dir.write("agent.yaml", "sensors:\n  a: {proc: load1}\nbootstrap_nodes: [a]\n"));
  EXPECT_EQ(printed(loaded.errors), "");
  std::string keys;
  for (const SensorConfig& one : loaded.config.sensors) keys += one.key;
  EXPECT_EQ(keys, "abc");
  EXPECT_EQ(loaded.config.port, 5);
  EXPECT_EQ(loaded.config.bootstrap_nodes.size(), 2U);
  EXPECT_EQ(loaded.config.sensors[2].position.file, dir.path() + "/conf.d/20-b.yaml");
}

TEST(DropIns, WithAKeyThatEverybodyCanReadAreWarnedOf) {
  const test::TempDir dir;
  dir.write("conf.d/key.yaml", "aes_key: 00112233445566778899aabbccddeeff\n", 0644);
  const LoadResult loaded = load(dir.write("agent.yaml", ""));
  EXPECT_TRUE(loaded.config.aes_key);
  EXPECT_EQ(printed(loaded.warnings, dir.path()),
            "conf.d/key.yaml: holds 'aes_key' and every user can read it: run 'chmod 600 "
            "conf.d/key.yaml' or put the key into an 'aes_key_file'\n");
}

}  // namespace
}  // namespace dsn::config
