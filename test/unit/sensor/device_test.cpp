// SPDX-License-Identifier: Apache-2.0
// The drivers that read devices: thermal, hwmon and file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.hpp"

namespace dsn::sensor {
namespace {

using Options = std::map<std::string, std::string>;

class Thermal : public Tree {
 protected:
  static SensorSpec zone(const std::string& type) { return {"thermal", {{"type", type}}, {}}; }
  void zone(int number, const std::string& type, const std::string& temperature) const {
    const std::string folder = "/sys/class/thermal/thermal_zone" + std::to_string(number);
    write(folder + "/type", type);
    write(folder + "/temp", temperature);
  }
};

TEST_F(Thermal, ReadsTheZoneOfItsTypeWhateverItsNumber) {
  zone(0, "acpitz\n", "27800\n");
  zone(1, "cpu-thermal\n", "48200\n");
  write("/sys/class/thermal/cooling_device0/type", "cpu-thermal\n");
  const auto sensor = make(zone("cpu-thermal"));
  EXPECT_EQ(sample(*sensor), "48.2 Cel");
  zone(0, "cpu-thermal\n", "-500\n");
  zone(1, "acpitz\n", "27800\n");
  EXPECT_EQ(sample(*sensor), "-0.5 Cel");
}

TEST_F(Thermal, FailsWithTheCause) {
  const auto sensor = make(zone("cpu-thermal"));
  EXPECT_EQ(sample(*sensor), "thermal: no zone of type 'cpu-thermal' (found: none)");
  zone(0, "acpitz\n", "27800\n");
  EXPECT_EQ(sample(*sensor), "thermal: no zone of type 'cpu-thermal' (found: acpitz)");
  zone(1, "cpu-thermal\n", "-274000\n");
  EXPECT_EQ(sample(*sensor),
            "thermal: 'cpu-thermal' has no valid temperature now (it says -274000)");
  zone(1, "cpu-thermal\n", "48,2\n");
  EXPECT_EQ(sample(*sensor),
            "thermal: /sys/class/thermal/thermal_zone1/temp: holds no integer but '48,2'");
  zone(1, "cpu-thermal\n", "99999999999999999999\n");
  EXPECT_EQ(sample(*sensor),
            "thermal: /sys/class/thermal/thermal_zone1/temp: holds no integer but "
            "'99999999999999999999'");
  zone(2, "cpu-thermal\n", "48200\n");
  EXPECT_EQ(sample(*sensor),
            "thermal: 2 zones of type 'cpu-thermal' (thermal_zone1, thermal_zone2): their order "
            "may change, use hwmon");
  EXPECT_EQ(refusal({"thermal", {}, {}}), "thermal: option 'type' is missing");
  EXPECT_EQ(refusal({"thermal", {{"tpye", "x"}}, {}}),
            "thermal: unknown option 'tpye' (did you mean 'type'?)");
}

class Hwmon : public Tree {
 protected:
  [[nodiscard]] static std::string folder(int number) {
    return "/sys/class/hwmon/hwmon" + std::to_string(number);
  }
  std::string read(Options options) { return sample({"hwmon", std::move(options), {}}); }
  std::string refused(Options options) { return refusal({"hwmon", std::move(options), {}}); }
};

TEST_F(Hwmon, ConvertsEachKindToItsUnit) {
  write(folder(0) + "/name", "cpu_thermal\n");
  write(folder(0) + "/temp1_input", "48200\n");
  write(folder(1) + "/name", "board\n");
  const std::pair<const char*, const char*> files[] = {
      {"in0_input", "5012\n"},        {"in0_lcrit_alarm", "1\n"},
      {"curr1_input", "-350\n"},      {"power1_average", "2500000\n"},
      {"energy1_input", "1500000\n"}, {"humidity1_input", "43210\n"},
      {"fan1_input", "3400\n"},       {"freq1_input", "500000000\n"},
      {"temp1_input", "85000\n"},     {"temp1_fault", "1\n"},
      {"temp2_input", "30125\n"},     {"temp2_fault", "0\n"}};
  for (const auto& [name, text] : files) write(folder(1) + "/" + name, text);
  EXPECT_EQ(read({{"chip", "cpu_thermal"}, {"input", "temp1"}}), "48.2 Cel");
  EXPECT_EQ(read({{"chip", "cpu_thermal"}, {"input", "temp1_input"}}), "48.2 Cel");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "in0"}}), "5.012 V");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "in0_lcrit_alarm"}}), "true");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "curr1"}}), "-0.35 A");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "power1"}}), "2.5 W");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "power1_average"}}), "2.5 W");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "energy1"}}), "1.5 J");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "humidity1"}}), "43.21 %RH");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "fan1"}}), "3400 1/min");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "freq1"}}), "500000000 Hz");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "temp2"}}), "30.125 Cel");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "temp1"}}),
            "hwmon: board temp1: the probe is faulty");
  EXPECT_EQ(read({{"chip", "board"}, {"input", "temp3"}}),
            "hwmon: /sys/class/hwmon/hwmon1/temp3_input: No such file or directory");
}

TEST_F(Hwmon, FindsALabelOnWhateverChannelItIs) {
  for (const int socket : {0, 1}) {
    const std::string number = std::to_string(socket);
    write(folder(socket) + "/name", "coretemp\n");
    write(folder(socket) + "/temp1_label", "Package id " + number + "\n");
    write(folder(socket) + "/temp1_input", "4" + number + "000\n");
    write(folder(socket) + "/temp2_label", "Core 0\n");
    write(folder(socket) + "/temp2_input", "5" + number + "000\n");
    link(folder(socket) + "/device", "../../../coretemp." + number);
  }
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Package id 1"}}), "41 Cel");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Core 0"}}),
            "hwmon: 2 chips 'coretemp' (on coretemp.0, coretemp.1): add 'device'");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"input", "temp2"}}),
            "hwmon: 2 chips 'coretemp' (on coretemp.0, coretemp.1): add 'device'");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Core 0"}, {"device", "coretemp.1"}}), "51 Cel");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Core 0"}, {"device", "coretemp.2"}}),
            "hwmon: no chip 'coretemp' on 'coretemp.2' (found: coretemp (coretemp.0), coretemp "
            "(coretemp.1))");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Core 1"}, {"device", "coretemp.1"}}),
            "hwmon: coretemp: no label 'Core 1' (found: Package id 1, Core 0)");
  EXPECT_EQ(read({{"chip", "nvme"}, {"label", "Composite"}}),
            "hwmon: no chip 'nvme' (found: coretemp, coretemp)");
  write(folder(1) + "/temp3_label", "Core 0\n");
  EXPECT_EQ(read({{"chip", "coretemp"}, {"label", "Core 0"}, {"device", "coretemp.1"}}),
            "hwmon: coretemp: several inputs have the label 'Core 0': use 'input'");
}

TEST_F(Hwmon, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(refused({{"input", "temp1"}}), "hwmon: option 'chip' is missing");
  EXPECT_EQ(refused({{"chip", "x"}}), "hwmon: needs either 'input' or 'label'");
  EXPECT_EQ(refused({{"chip", "x"}, {"input", "temp1"}, {"label", "y"}}),
            "hwmon: needs either 'input' or 'label'");
  EXPECT_EQ(refused({{"chip", "x"}, {"input", "tmep1"}}),
            "hwmon: 'tmep1' is no input such as temp1, in0 or fan2 (did you mean 'temp'?)");
  for (const char* input : {"", "temp", "pwm1", "temp1x", "../temp1", "temp1/x"}) {
    EXPECT_TRUE(refused({{"chip", "x"}, {"input", input}}).starts_with("hwmon: '")) << input;
  }
  for (const char* input : {"temp1_", "temp1_max", "temp1_/../alarm", "temp1_label"}) {
    EXPECT_EQ(refused({{"chip", "x"}, {"input", input}}),
              "hwmon: '" + std::string(input) + "' is neither an input, an average nor an alarm");
  }
}

class File : public Tree {
 protected:
  std::string read(const std::string& content, Options options = {}) {
    write("/x", content);
    options["path"] = "/x";
    return sample({"file", std::move(options), {}});
  }
};

TEST_F(File, IsANumberIfAllOfItsFirstLineIsOne) {
  EXPECT_EQ(read("42\n"), "42");
  EXPECT_EQ(read("  -7 \r\nmore\n"), "-7");
  EXPECT_EQ(read("+21.5"), "21.5");
  EXPECT_EQ(read("1e3\n"), "1000");
  EXPECT_EQ(read("9223372036854775808\n"), "9223372036854775808");
  for (const char* text : {"open", "1,5", "0x10", "nan", "inf", "-", "+", "+-5", "12 V", "1.2.3"}) {
    EXPECT_EQ(read(text), std::string("'") + text + "'");
  }
  EXPECT_EQ(read("t\xc3\xbcr"), "'t\xc3\xbcr'");
  EXPECT_EQ(read("\xff"), "bytes");
  EXPECT_EQ(read(std::string(1024, 'x')), "'" + std::string(1024, 'x') + "'");
}

TEST_F(File, FailsWithTheCause) {
  EXPECT_EQ(read(""), "file: /x: its first line is empty");
  EXPECT_EQ(read(" \r\n"), "file: /x: its first line is empty");
  EXPECT_EQ(read(std::string(1025, 'x')), "file: /x: its first line is longer than 1024 bytes");
  const SensorSpec none{"file", {{"path", "/none"}}, {}};
  EXPECT_EQ(sample(none), "file: /none: No such file or directory");
  std::filesystem::create_directory(root_ + "/folder");
  EXPECT_EQ(sample({"file", {{"path", "/folder"}}, {}}), "file: /folder: Is a directory");
  EXPECT_EQ(refusal({"file", {}, {}}), "file: option 'path' is missing");
  EXPECT_EQ(refusal({"file", {{"path", "x"}}, {}}), "file: 'x' is no absolute path");
}

// Each of these would block, or do worse, if it were opened and read like a file.
TEST_F(File, NeverWaits) {
  ASSERT_EQ(mkfifo((root_ + "/fifo").c_str(), 0600), 0);
  EXPECT_EQ(sample({"file", {{"path", "/fifo"}}, {}}), "file: /fifo: is no regular file");
  link("/tty", "/dev/tty");
  link("/zero", "/dev/zero");
  EXPECT_EQ(sample({"file", {{"path", "/zero"}}, {}}), "file: /zero: is no regular file");
  EXPECT_EQ(sample({"file", {{"path", "/tty"}}, {}}), "file: /tty: is no regular file");
}

}  // namespace
}  // namespace dsn::sensor
