// SPDX-License-Identifier: Apache-2.0
// What people plug in and kernels show that is not as the documentation says.
#include <array>

#include "sensor/value_processor.hpp"
#include "tree.hpp"

namespace dsn::sensor {
namespace {

class Field : public Tree {
 protected:
  void iio(const std::string& folder, const std::map<std::string, std::string>& attributes) const {
    const std::string device = "/sys/devices/" + folder + "/iio:device0";
    for (const auto& [name, text] : attributes) write(device + "/" + name, text + "\n");
    link("/sys/bus/iio/devices/iio:device0", "../../../devices/" + folder + "/iio:device0");
  }
  std::string read_iio(const std::string& name) { return sample({"iio", {{"name", name}}, {}}); }
  void chip(const std::string& path, const std::map<std::string, std::string>& attributes) const {
    for (const auto& [name, text] : attributes) write(path + "/" + name, text + "\n");
  }
  std::string read_hwmon(const std::string& name, const std::string& input) {
    return sample({"hwmon", {{"chip", name}, {"input", input}}, {}});
  }
  std::string read_proc(std::map<std::string, std::string> options) {
    return sample({"proc", std::move(options), {}});
  }
};

// Source: drivers/iio/chemical/bme680_core.c, before and since Linux 6.10.
TEST_F(Field, Bme680HasPercentAndEitherUnitOfPressure) {
  iio("i2c-1/1-0077", {{"name", "bme680"},
                       {"in_temp_input", "24540"},
                       {"in_humidityrelative_input", "43.215000000"},
                       {"in_pressure_input", "1009.250000000"},
                       {"in_resistance_input", "3966"}});
  const std::string all =
      "humidity=43.215 %RH, pressure=1009.25 hPa, resistance=3966 Ohm, temperature=24.54 Cel";
  EXPECT_EQ(read_iio("bme680"), all);
  write("/sys/devices/i2c-1/1-0077/iio:device0/in_pressure_input", "100.925000000\n");
  EXPECT_EQ(read_iio("bme680"), all);
}

// Source: drivers/iio/chemical/sgp30.c, sgp40.c, mhz19b.c, ams-iaq-core.c.
TEST_F(Field, GasSensorsHaveFractionsIndicesAndSignals) {
  iio("i2c-1/1-0058", {{"name", "sgp30"},
                       {"in_concentration_co2_input", "0.000453"},
                       {"in_concentration_voc_input", "0.000000027"},
                       {"in_concentration_ethanol_raw", "17920"},
                       {"in_concentration_h2_raw", "13212"}});
  EXPECT_EQ(read_iio("sgp30"), "co2=453 ppm, ethanol=17920, h2=13212, voc=0.027 ppm");
  remove("/sys");
  iio("i2c-1/1-0059",
      {{"name", "sgp40"}, {"in_concentration_voc_input", "104"}, {"in_resistance_raw", "30000"}});
  EXPECT_EQ(read_iio("sgp40"), "voc=104, resistance=30000");
  remove("/sys");
  iio("serial0-0", {{"name", "mh-z19b"}, {"in_concentration_co2_raw", "612"}});
  EXPECT_EQ(read_iio("mh-z19b"), "co2=612 ppm");
  remove("/sys");
  write("/sys/devices/i2c-1/1-005a/name", "ams-iaq-core\n");
  iio("i2c-1/1-005a", {{"name", "1-005a"}, {"in_concentration_co2_input", "0.000580"}});
  EXPECT_EQ(read_iio("1-005a"), "co2=580 ppm");
}

// Source: drivers/iio/humidity/hts221_core.c, whose scale is for degrees and percent.
TEST_F(Field, Hts221HasDegreesAndPercent) {
  iio("i2c-1/1-005f", {{"name", "hts221"},
                       {"in_temp_raw", "1200"},
                       {"in_temp_scale", "0.0175"},
                       {"in_temp_offset", "0"},
                       {"in_humidityrelative_raw", "-5000"},
                       {"in_humidityrelative_scale", "-0.0042"},
                       {"in_humidityrelative_offset", "-3000"}});
  EXPECT_EQ(read_iio("hts221"), "humidity=33.6 %RH, temperature=21 Cel");
}

TEST_F(Field, WithoutAScaleANumberHasNoUnit) {
  iio("ocp/44e0d000.tscadc", {{"name", "TI-am335x-adc"}, {"in_voltage0_raw", "2728"}});
  EXPECT_EQ(read_iio("TI-am335x-adc"), "voltage0=2728");
}

TEST_F(Field, OneChannelThatFailsLeavesTheOthers) {
  iio("i2c-1/1-0077", {{"name", "bme680"}, {"in_temp_input", "23450"}, {"in_pressure_input", "-"}});
  EXPECT_EQ(read_iio("bme680"), "pressure=error, temperature=23.45 Cel");
  write("/sys/devices/i2c-1/1-0077/iio:device0/in_temp_input", "2147483647\n");
  EXPECT_EQ(read_iio("bme680"),
            "iio bme680: /sys/bus/iio/devices/iio:device0/in_pressure_input: holds no number but "
            "'-'");
}

TEST_F(Field, OldHwmonDriversHaveTheirAttributesInTheDevice) {
  write("/sys/class/hwmon/hwmon0/uevent", "");
  link("/sys/class/hwmon/hwmon0/device", "../../../devices/LNXSYSTM:00/ACPI000D:00");
  chip("/sys/devices/LNXSYSTM:00/ACPI000D:00",
       {{"name", "power_meter"}, {"power1_average", "124000000"}});
  EXPECT_EQ(read_hwmon("power_meter", "power1"), "124 W");
  chip("/sys/devices/LNXSYSTM:00/ACPI000D:00", {{"power1_average", "4294967295000"}});
  EXPECT_EQ(read_hwmon("power_meter", "power1"),
            "hwmon: power_meter power1: 4294967295000 is no measurement: nothing is connected, or "
            "it has no power");
}

TEST_F(Field, InputsThatNothingIsConnectedTo) {
  chip("/sys/class/hwmon/hwmon0", {{"name", "nct6793"},
                                   {"temp1_input", "41000"},
                                   {"temp15_input", "3892313987"},
                                   {"temp16_input", "-128000"}});
  const std::string none = " is no measurement: nothing is connected, or it has no power";
  EXPECT_EQ(read_hwmon("nct6793", "temp1"), "41 Cel");
  EXPECT_EQ(read_hwmon("nct6793", "temp15"), "hwmon: nct6793 temp15: 3892313987" + none);
  EXPECT_EQ(read_hwmon("nct6793", "temp16"), "hwmon: nct6793 temp16: -128000" + none);
  // A thermocouple in a cryostat.
  chip("/sys/class/hwmon/hwmon1", {{"name", "max31855"}, {"temp1_input", "-128000"}});
  EXPECT_EQ(read_hwmon("max31855", "temp1"), "-128 Cel");
}

TEST_F(Field, ADriveIsToldByItsPlaceWhateverItsNumber) {
  const auto drive = [this](const std::string& place, int number, const std::string& temp) {
    const std::string n = std::to_string(number);
    const std::string device = "/sys/devices/pci0000:00/" + place + "/nvme/nvme" + n;
    chip(device + "/hwmon" + n, {{"name", "nvme"}, {"temp1_input", temp}});
    link(device + "/hwmon" + n + "/device", "../../nvme" + n);
    link("/sys/class/hwmon/hwmon" + n,
         "../../devices/pci0000:00/" + place + "/nvme/nvme" + n + "/hwmon" + n);
  };
  const auto read = [this](const std::string& device) {
    return sample({"hwmon", {{"chip", "nvme"}, {"input", "temp1"}, {"device", device}}, {}});
  };
  for (const int system : {0, 1}) {
    remove("/sys");
    drive("0000:01:00.0", system, "36000");
    drive("0000:02:00.0", 1 - system, "62000");
    EXPECT_EQ(read("0000:01:00.0"), "36 Cel");
    EXPECT_EQ(read("0000:02:00.0"), "62 Cel");
    EXPECT_EQ(read("nvme" + std::to_string(system)), "36 Cel");
    EXPECT_EQ(read_hwmon("nvme", "temp1"),
              std::string("hwmon: 2 chips 'nvme' (on ") +
                  (system == 0 ? "0000:01:00.0, 0000:02:00.0" : "0000:02:00.0, 0000:01:00.0") +
                  "): add 'device'");
  }
}

TEST_F(Field, ThermalZonesWithoutPower) {
  const auto read = [this](const std::string& temp) {
    chip("/sys/class/thermal/thermal_zone0", {{"type", "gpu-thermal"}, {"temp", temp}});
    return sample({"thermal", {{"type", "gpu-thermal"}}, {}});
  };
  const std::string none = "thermal: 'gpu-thermal' has no valid temperature now (it says ";
  EXPECT_EQ(read("-256000"), none + "-256000)");
  EXPECT_EQ(read("2147483647"), none + "2147483647)");
  EXPECT_EQ(read("-274000"), none + "-274000)");
  EXPECT_EQ(read("-12000"), "-12 Cel");
}

// A zone that sleeps, a share of the network that is gone: the loop must not wait for them.
TEST_F(Field, NoDeviceIsReadOnTheLoop) {
  chip("/sys/class/thermal/thermal_zone0", {{"type", "modem"}, {"temp", "40000"}});
  write("/nas/level", "3");
  for (const SensorSpec& spec : {SensorSpec{"thermal", {{"type", "modem"}}, {}},
                                 SensorSpec{"file", {{"path", "/nas/level"}}, {}}}) {
    const auto sensor = make(spec);
    bool answered = false;
    sensor->sample([&](const Result<Measurements>&) { answered = true; });
    EXPECT_FALSE(answered) << spec.driver;
    while (!answered && io_.run_one() > 0) {
    }
    EXPECT_TRUE(answered) << spec.driver;
  }
}

TEST_F(Field, AFolderWhoseDiskIsMissingIsNotTheDiskAroundIt) {
  write("/proc/self/mountinfo", "21 1 8:2 / / rw - ext4 /dev/sda2 rw\n");
  write("/etc/fstab", "# <what> <where>\nUUID=1 /mnt/back\\040up ext4 defaults 0 2\n");
  std::filesystem::create_directories(root_ + "/mnt/empty");
  write("/mnt/back up/lost", "");
  write("/mnt/empty/.keep", "");
  write("/srv/data", "");
  const auto used = [this](const std::string& mount, const std::string& mounted = "") {
    std::map<std::string, std::string> options{{"reading", "total"}, {"mount", mount}};
    if (!mounted.empty()) options.emplace("mounted", mounted);
    const std::string text = read_proc(options);
    return text.find(" B") == std::string::npos ? text : "read";
  };
  const std::string hint = " ('mounted: false' reads what it is on)";
  EXPECT_EQ(used("/mnt/empty"), "proc: /mnt/empty: nothing is mounted there" + hint);
  EXPECT_EQ(used("/mnt/empty", "false"), "read");
  EXPECT_EQ(used("/mnt/back up/"), "proc: /mnt/back up/: nothing is mounted there" + hint);
  EXPECT_EQ(used("/srv"), "read");
  EXPECT_EQ(used("/srv", "true"), "proc: /srv: nothing is mounted there");
  write("/proc/self/mountinfo",
        "21 1 8:2 / / rw - ext4 /dev/sda2 rw\n"
        "22 21 8:3 / /mnt/empty rw - ext4 /dev/sda3 rw\n"
        "23 21 8:2 /srv /srv ro - ext4 /dev/sda2 rw\n"
        "24 21 0:9 /@back /mnt/back\\040up rw - btrfs /dev/sdb rw\n");
  EXPECT_EQ(used("/mnt/empty", "true"), "read");
  EXPECT_EQ(used("/mnt/back up"), "read");
  // What systemd makes read-only is no disk.
  EXPECT_EQ(used("/srv", "true"), "proc: /srv: nothing is mounted there");
}

TEST_F(Field, AFileSaysWhenItWasWritten) {
  write("/run/level", "21.5\n");
  const auto sensor = make({"file", {{"path", "/run/level"}}, {}});
  const auto age_after = [&](std::chrono::hours span) {
    std::filesystem::last_write_time(root_ + "/run/level",
                                     std::filesystem::file_time_type::clock::now() - span);
    std::optional<std::chrono::milliseconds> age;
    sensor->sample([&](const Result<Measurements>& result) {
      if (result) age = result->front().age;
    });
    io_.restart();
    io_.run();
    return age.value_or(std::chrono::milliseconds(-1));
  };
  EXPECT_GE(age_after(std::chrono::hours(72)), std::chrono::hours(72));
  EXPECT_EQ(age_after(std::chrono::hours(-1)), std::chrono::hours(0));
}

TEST_F(Field, WhatWasWrittenTooLongAgoIsAnError) {
  using std::chrono::minutes;
  Measurement measured{"", Value::real(21.5), ""};
  measured.age = std::chrono::hours(72);
  ValueProcessor asked({}, std::chrono::seconds(10), minutes(10));
  EXPECT_EQ(asked.process(Instant{}, measured).error,
            "written 3d ago, where max_age is 10m: has its writer stopped?");
  ValueProcessor not_asked({}, std::chrono::seconds(10), {});
  EXPECT_EQ(not_asked.process(Instant{}, measured).error, "");
}

TEST_F(Field, PressureThatIsSwitchedOffSaysSo) {
  std::filesystem::create_directories(root_ + "/proc/pressure/cpu");
  const std::string text = read_proc({{"reading", "some_avg10"}, {"pressure", "cpu"}});
  EXPECT_NE(text.find("'psi=1' in the kernel's command line"), std::string::npos) << text;
}

TEST_F(Field, TasksAreCountedWhereProcessesAreHidden) {
  write("/proc/loadavg", "0.10 0.05 0.01 1/234 5678\n");
  EXPECT_EQ(read_proc({{"reading", "tasks"}}), "234 count");
  EXPECT_EQ(read_proc({{"reading", "processes"}}),
            "proc: processes: /proc hides them (hidepid, or ProtectProc= of the service): 'tasks' "
            "counts all threads, which nothing hides");
}

// The steal of a guest that moves to another host goes back by 800.
TEST_F(Field, TicksOfOneKindThatGoBackAreNoneOfTheTotal) {
  write("/proc/stat", "cpu  1000 0 500 8000 100 0 0 900 0 0\n");
  const auto sensor = make({"proc", {{"reading", "cpu_usage"}}, {}});
  write("/proc/stat", "cpu  1010 0 508 8072 100 0 0 100 0 0\n");
  EXPECT_EQ(sample(*sensor), "20 %");
}

TEST_F(Field, ACounterOfAllOnesIsNone) {
  write("/proc/net/dev", "a\nb\n eth0: 18446744073709551615 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0\n");
  EXPECT_EQ(read_proc({{"net", "eth0"}, {"counter", "rx_bytes"}}),
            "proc: eth0: its driver does not count now (all ones)");
  EXPECT_EQ(read_proc({{"net", "eth0"}, {"counter", "tx_bytes"}}), "1 B");
}

}  // namespace
}  // namespace dsn::sensor
