// SPDX-License-Identifier: Apache-2.0
#include "sensor/scan.hpp"

#include "sensor/scan_hwmon.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

class Scan : public Tree {
 protected:
  /// A line for each: `room/temperature w1 id=28-00000a1b2c3d [ds18b20] 1-wire ...: 21.4 Cel`.
  std::string found() {
    std::string text;
    for (const FoundSensor& sensor : scan(root_)) {
      text += sensor.key + " " + sensor.driver;
      for (const auto& [name, value] : sensor.options) text.append(" " + name + "=").append(value);
      text += " [" + sensor.preset + "] " + sensor.title + ": " + show(sensor.value) + "\n";
    }
    return text;
  }
};

TEST_F(Scan, KnowsWhichInterfacesAreUsed) {
  EXPECT_TRUE(used_interfaces(root_).empty());
  write("/proc/net/dev",
        "Inter-|   Receive                 |  Transmit\n"
        " face |bytes    packets errs drop|bytes    packets\n"
        "    lo:    5 1 0 0 0 0 0 0    5 1 0 0 0 0 0 0\n"
        "  eth0:    5 1 0 0 0 0 0 0    9 1 0 0 0 0 0 0\n"
        "  eth1:    0 0 0 0 0 0 0 0    9 1 0 0 0 0 0 0\n"
        "docker0:   5 1 0 0 0 0 0 0    9 1 0 0 0 0 0 0\n"
        "  cni0:    5 1 0 0 0 0 0 0    9 1 0 0 0 0 0 0\n"
        " wlan0:    5 1 0 0 0 0 0 0    9 1 0 0 0 0 0 0\n");
  EXPECT_EQ(used_interfaces(root_), (std::vector<std::string>{"eth0", "wlan0"}));
}

TEST_F(Scan, OfNothingFindsNothing) { EXPECT_EQ(found(), ""); }

TEST_F(Scan, FindsWhatARaspberryPiHas) {
  for (const char* name : {"raspberry-pi-4", "ds18b20", "bme280", "bh1750"}) {
    if (std::string_view(name) == "bh1750") {
      remove("/sys/bus/iio/devices");  // both are device 0 in their records
      link("/sys/bus/iio/devices/iio:device1",
           "../../../devices/platform/soc/fe804000.i2c/i2c-1/1-0076/iio:device0");
    }
    record(name);
  }
  EXPECT_EQ(found(),
            "room/temperature w1 id=28-00000a1b2c3d [ds18b20] 1-wire 28-00000a1b2c3d: 21.437 Cel\n"
            "light iio name=bh1750 [bh1750] IIO bh1750: illuminance=264.166561 lx\n"
            "air iio name=bme280 [bme280] IIO bme280: humidity=45.123 %RH, "
            "pressure=1013.40887 hPa, temperature=21.43 Cel\n"
            "cpu/temperature hwmon chip=cpu_thermal input=temp1 [] hwmon cpu_thermal temp1: "
            "48.212 Cel\n"
            "power rpi reading=throttling [rpi_throttled] Raspberry Pi flags: under_voltage=true, "
            "frequency_capped=false, throttled=true, soft_temperature_limit=false, "
            "under_voltage_occurred=true, frequency_capped_occurred=false, "
            "throttled_occurred=true, soft_temperature_limit_occurred=false\n");
}

TEST_F(Scan, FindsWhatAPersonalComputerHas) {
  record("pc");
  EXPECT_EQ(
      found(),
      "disk/temperature hwmon chip=nvme input=temp1 [nvme] hwmon nvme Composite: 36.85 Cel\n"
      "cpu/temperature hwmon chip=coretemp input=temp1 [coretemp] hwmon coretemp Package id 0: "
      "45 Cel\n");
}

TEST_F(Scan, NamesAnInputWhoseLabelNoOptionHolds) {
  const std::pair<const char*, std::string> labels[] = {{"temp1", std::string(72, 'x')},
                                                        {"temp2", "T \xb0 C"},
                                                        {"temp3", "two\nlines"},
                                                        {"temp4", "null"}};
  write("/sys/class/hwmon/hwmon0/name", "w83627\n");
  for (const auto& [input, label] : labels) {
    write(std::string("/sys/class/hwmon/hwmon0/") + input + "_label", label + "\n");
    write(std::string("/sys/class/hwmon/hwmon0/") + input + "_input", "41000\n");
  }
  EXPECT_EQ(found(),
            "w83627/temp1 hwmon chip=w83627 input=temp1 [] hwmon w83627 temp1: 41 Cel\n"
            "w83627/temp2 hwmon chip=w83627 input=temp2 [] hwmon w83627 temp2: 41 Cel\n"
            "w83627/temp3 hwmon chip=w83627 input=temp3 [] hwmon w83627 temp3: 41 Cel\n"
            "w83627/null hwmon chip=w83627 label=null [] hwmon w83627 null: 41 Cel\n");
}

// Numbers of drives change from start to start; where they are does not.
TEST_F(Scan, NamesTwoOfAKindByTheirPlace) {
  for (const char* place : {"0000:01:00.0", "0000:02:00.0"}) {
    const std::string n(1, static_cast<char>(place[6] - 1));
    const std::string drive = std::string("/devices/pci0000:00/") + place + "/nvme/nvme" + n;
    write("/sys" + drive + "/hwmon" + n + "/name", "nvme\n");
    write("/sys" + drive + "/hwmon" + n + "/temp1_input", "36000\n");
    write("/sys" + drive + "/hwmon" + n + "/temp1_label", "Composite\n");
    link("/sys" + drive + "/hwmon" + n + "/device", "../../nvme" + n);
    link("/sys/class/hwmon/hwmon" + n, "../.." + drive + "/hwmon" + n);
  }
  EXPECT_EQ(found(),
            "disk/temperature hwmon chip=nvme device=0000:01:00.0 input=temp1 [nvme] hwmon nvme "
            "Composite on 0000:01:00.0: 36 Cel\n"
            "disk2/temperature hwmon chip=nvme device=0000:02:00.0 input=temp1 [nvme] hwmon nvme "
            "Composite on 0000:02:00.0: 36 Cel\n");
}

TEST_F(Scan, FindsChipsOnI2c) {
  for (const char* name : {"sht3x", "mcp9808", "ina219", "scd30"}) record(name);
  EXPECT_EQ(
      found(),
      "air iio name=scd30 [scd30] IIO scd30: co2=612 ppm, humidity=40.771 %RH, "
      "temperature=23.412 Cel\n"
      "room/temperature hwmon chip=sht3x input=temp1 [sht3x] hwmon sht3x temp1: 22.837 Cel\n"
      "room/humidity hwmon chip=sht3x input=humidity1 [sht3x_humidity] hwmon sht3x humidity1: "
      "41.217 "
      "%RH\n"
      "board/temperature hwmon chip=jc42 input=temp1 [jc42] hwmon jc42 temp1: 23.562 Cel\n"
      "supply/voltage hwmon chip=ina219 input=in1 [ina219_voltage] hwmon ina219 in1: 5.076 V\n"
      "supply/current hwmon chip=ina219 input=curr1 [ina219] hwmon ina219 curr1: 1.213 A\n"
      "supply/power hwmon chip=ina219 input=power1 [ina219_power] hwmon ina219 power1: 6.16 W\n");
}

TEST_F(Scan, TellsChipsOfOneNameApart) {
  for (const char* number : {"1", "2"}) {
    const std::string folder = std::string("/sys/class/hwmon/hwmon") + number;
    write(folder + "/name", "Board 5V\n");
    write(folder + "/fan1_input", "1200\n");
    write(folder + "/fan1_label", "CPU Fan\n");
    write(folder + "/fan2_input", "x\n");
    write(folder + "/fan2_label", "Case\n");
    write(folder + "/fan3_input", "1400\n");
    write(folder + "/fan3_label", "Case\n");
    write(folder + "/fanx_input", "1\n");
    link(folder + "/device", std::string("../../../isa.") + number);
  }
  remove("/sys/class/hwmon/hwmon2/fan2_input");
  remove("/sys/class/hwmon/hwmon2/fan3_input");
  EXPECT_EQ(found(),
            "board_5v/cpu_fan hwmon chip=Board 5V device=isa.1 label=CPU Fan [] hwmon Board 5V CPU "
            "Fan on isa.1: 1200 1/min\n"
            "board_5v/fan2 hwmon chip=Board 5V device=isa.1 input=fan2 [] hwmon Board 5V fan2 on "
            "isa.1: hwmon: /sys/class/hwmon/hwmon1/fan2_input: holds no integer but 'x'\n"
            "board_5v/fan3 hwmon chip=Board 5V device=isa.1 input=fan3 [] hwmon Board 5V fan3 on "
            "isa.1: 1400 1/min\n"
            "board_5v2/cpu_fan hwmon chip=Board 5V device=isa.2 label=CPU Fan [] hwmon Board 5V "
            "CPU Fan on isa.2: 1200 1/min\n");
}

TEST_F(Scan, SaysWhatDoesNotWork) {
  record("ds18b20");
  write("/sys/bus/w1/devices/28-00000a1b2c3d/temperature", "85000\n");
  EXPECT_EQ(found(),
            "room/temperature w1 id=28-00000a1b2c3d [ds18b20] 1-wire 28-00000a1b2c3d: w1 "
            "28-00000a1b2c3d: 85 Cel, its value at power-on\n");
}

TEST(KeyPart, IsFitForAKey) {
  EXPECT_EQ(key_part("CPU Fan"), "cpu_fan");
  EXPECT_EQ(key_part("5V"), "x5v");
  EXPECT_EQ(key_part("--a--b--"), "a_b");
  EXPECT_EQ(key_part(""), "sensor");
  EXPECT_EQ(key_part("\xc3\xa4"), "sensor");
}

// Whatever this machine has, it is found without harm.
TEST(ScanHere, Ends) {
  for (const FoundSensor& sensor : scan("")) EXPECT_FALSE(sensor.key.empty());
}

}  // namespace
}  // namespace dsn::sensor
