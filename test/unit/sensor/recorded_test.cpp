// SPDX-License-Identifier: Apache-2.0
// hwmon, thermal and rpi on the layouts of real devices.
#include "tree.hpp"

namespace dsn::sensor {
namespace {

class Recorded : public Tree {
 protected:
  std::string hwmon(const std::string& chip, const std::string& input) {
    return sample({"hwmon", {{"chip", chip}, {"input", input}}, {}});
  }
  std::string rpi(const std::string& reading) {
    return sample({"rpi", {{"reading", reading}}, {}});
  }
};

TEST_F(Recorded, ChipsOnI2c) {
  for (const char* name : {"sht3x", "mcp9808", "ina219"}) record(name);
  EXPECT_EQ(hwmon("sht3x", "temp1"), "22.837 Cel");
  EXPECT_EQ(hwmon("sht3x", "humidity1"), "41.217 %RH");
  EXPECT_EQ(hwmon("jc42", "temp1"), "23.562 Cel");
  EXPECT_EQ(hwmon("jc42", "temp1_max_alarm"), "true");
  EXPECT_EQ(hwmon("ina219", "in1"), "5.076 V");
  EXPECT_EQ(hwmon("ina219", "curr1"), "1.213 A");
  EXPECT_EQ(hwmon("ina219", "power1"), "6.16 W");
  EXPECT_EQ(sample({"hwmon", {{"chip", "sht3x"}, {"input", "temp1"}, {"device", "1-0044"}}, {}}),
            "22.837 Cel");
}

TEST_F(Recorded, PersonalComputer) {
  record("pc");
  EXPECT_EQ(sample({"hwmon", {{"chip", "coretemp"}, {"label", "Core 1"}}, {}}), "44 Cel");
  EXPECT_EQ(sample({"hwmon", {{"chip", "nvme"}, {"label", "Composite"}}, {}}), "36.85 Cel");
  EXPECT_EQ(sample({"hwmon", {{"chip", "nvme"}, {"label", "Composite"}, {"device", "nvme0"}}, {}}),
            "36.85 Cel");
  EXPECT_EQ(sample({"thermal", {{"type", "x86_pkg_temp"}}, {}}), "45 Cel");
}

TEST_F(Recorded, RaspberryPi) {
  record("raspberry-pi-4");
  EXPECT_EQ(sample({"thermal", {{"type", "cpu-thermal"}}, {}}), "48.212 Cel");
  EXPECT_EQ(hwmon("cpu_thermal", "temp1"), "48.212 Cel");
  EXPECT_EQ(hwmon("rpi_volt", "in0_lcrit_alarm"), "true");
  EXPECT_EQ(rpi("throttling"),
            "under_voltage=true, frequency_capped=false, throttled=true, "
            "soft_temperature_limit=false, under_voltage_occurred=true, "
            "frequency_capped_occurred=false, throttled_occurred=true, "
            "soft_temperature_limit_occurred=false");
  EXPECT_EQ(rpi("under_voltage"), "true");
  EXPECT_EQ(rpi("frequency_capped_occurred"), "false");
}

constexpr char kFlags[] = "/sys/devices/platform/soc/soc:firmware/get_throttled";

TEST_F(Recorded, RaspberryPiOfAnotherKernel) {
  record("raspberry-pi-4");
  remove(kFlags);
  EXPECT_EQ(rpi("throttling"), "under_voltage=true");
  EXPECT_EQ(rpi("under_voltage"), "true");
  EXPECT_EQ(rpi("throttled"), "rpi: throttled: this kernel knows under_voltage only");
  write("/sys/class/hwmon/hwmon1/in0_lcrit_alarm", "x\n");
  EXPECT_EQ(rpi("throttling"),
            "rpi: /sys/class/hwmon/hwmon1/in0_lcrit_alarm: holds no integer but 'x'");
  remove("/sys/class/hwmon/hwmon1");
  EXPECT_EQ(rpi("throttling"),
            "rpi: neither get_throttled of the firmware nor hwmon chip 'rpi_volt' is here");
}

TEST_F(Recorded, RaspberryPiThatSaysNonsense) {
  record("raspberry-pi-4");
  for (const char* text : {"", "x", "0x", "-1", "50005 1", "100000000"}) {
    write(kFlags, text);
    EXPECT_EQ(rpi("throttled"),
              std::string("rpi: ") + kFlags + ": holds no flags but '" + text + "'");
  }
  write(kFlags, "0x4\n");
  EXPECT_EQ(rpi("throttled"), "true");
  EXPECT_EQ(refusal({"rpi", {}, {}}), "rpi: option 'reading' is missing");
  EXPECT_EQ(refusal({"rpi", {{"reading", "throtled"}}, {}}),
            "rpi: unknown reading 'throtled' (did you mean 'throttled'?)");
}

}  // namespace
}  // namespace dsn::sensor
