// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include "tree.hpp"

namespace dsn::sensor {
namespace {

constexpr char kFolder[] = "/sys/devices/w1_bus_master1/28-00000a1b2c3d";
constexpr char kTail[] = "\n57 01 4b 46 7f ff 0c 10 a4 t=21437\n";

class W1 : public Tree {
 protected:
  W1() { record("ds18b20"); }
  void set(const std::string& attribute, const std::string& text) const {
    write(std::string(kFolder) + "/" + attribute, text);
  }
  /// From here on there is the attribute of old kernels only.
  void become_old() const { remove(std::string(kFolder) + "/temperature"); }
  static SensorSpec chip(std::map<std::string, std::string> options = {}) {
    options.emplace("id", "28-00000a1b2c3d");
    return {"w1", std::move(options), {}};
  }
  std::string read() { return sample(chip()); }
  [[nodiscard]] std::string resolution() const {
    std::string text;
    std::ifstream(root_ + kFolder + "/resolution") >> text;
    return text;
  }
};

TEST_F(W1, ReadsTheTemperature) {
  EXPECT_EQ(read(), "21.437 Cel");
  set("temperature", "-10125\n");
  EXPECT_EQ(read(), "-10.125 Cel");
  set("temperature", "0\n");
  EXPECT_EQ(read(), "0 Cel");
  set("temperature", "125000\n");
  EXPECT_EQ(read(), "125 Cel");
}

TEST_F(W1, ReadsWhatKernelsBefore510Have) {
  remove("/sys");
  record("ds18b20-linux-4.19");
  EXPECT_EQ(read(), "21.437 Cel");
}

// Source: the data sheets. Byte 6 is 0x0c at power-on, and what remains of the count afterwards.
TEST_F(W1, Measures85DegreesWhereTheScratchpadSaysSo) {
  set("temperature", "85000\n");
  set("w1_slave", "50 05 4b 46 7f ff 10 10 1c : crc=1c YES\n50 05 4b 46 7f ff 10 10 1c t=85000\n");
  EXPECT_EQ(read(), "85 Cel");
  set("w1_slave", "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n");
  EXPECT_EQ(read(), "w1 28-00000a1b2c3d: 85 Cel, its value at power-on");
}

TEST_F(W1, AThermocoupleHasNoMarks) {
  write("/sys/bus/w1/devices/3b-0000000000b1/temperature", "85000\n");
  write("/sys/bus/w1/devices/3b-0000000000b2/temperature", "-127000\n");
  EXPECT_EQ(sample({"w1", {{"id", "3b-0000000000b1"}}, {}}), "85 Cel");
  EXPECT_EQ(sample({"w1", {{"id", "3b-0000000000b2"}}, {}}), "-127 Cel");
}

// A chip alone converts when it is read; of several all convert at once, for each round anew.
TEST_F(W1, AllOfABusConvertAtOnce) {
  constexpr char kBulk[] = "/sys/devices/w1_bus_master1/therm_bulk_read";
  const std::string others[] = {"28-0000000000a1", "28-0000000000a2"};
  std::vector<std::unique_ptr<Sensor>> sensors;
  sensors.push_back(make(chip()));
  for (const std::string& id : others) {
    write("/sys/devices/w1_bus_master1/" + id + "/temperature", "20000\n");
    link("/sys/bus/w1/devices/" + id, "../../../devices/w1_bus_master1/" + id);
    sensors.push_back(make({"w1", {{"id", id}}, {}}));
  }
  const auto triggers_in_a_round = [&] {
    int triggers = 0;
    for (const auto& sensor : sensors) {
      write(kBulk, "0\n");
      EXPECT_EQ(sample(*sensor).find("w1"), std::string::npos);
      std::string text;
      std::ifstream(root_ + kBulk) >> text;
      if (text == "trigger") ++triggers;
    }
    return triggers;
  };
  EXPECT_EQ(triggers_in_a_round(), 1);  // when the second one is read
  EXPECT_EQ(triggers_in_a_round(), 1);
  EXPECT_EQ(triggers_in_a_round(), 1);
}

// Each of these is a fault on the bus that looks like a temperature, or like a file.
TEST_F(W1, TakesNoFaultForATemperature) {
  const std::pair<const char*, const char*> faults[] = {
      {"85000\n", "85 Cel, its value at power-on"},
      {"-127000\n", "-127 Cel, the value of a chip that is gone"},
      {"125001\n", "125001 mCel is beyond what it can measure"},
      {"99999999999999999999999\n", "answered '99999999999999999999999'"},
      {"", "gave an empty answer"},
      {"21.4\n", "answered '21.4'"},
      {"\x01\xff\n", "answered '?\?'"}};
  for (const auto& [text, cause] : faults) {
    set("temperature", text);
    EXPECT_EQ(read(), "w1 28-00000a1b2c3d: " + std::string(cause));
  }
}

TEST_F(W1, BelievesNoScratchpadWithoutItsChecksum) {
  become_old();
  const std::pair<std::string, const char*> faults[] = {
      {std::string("57 01 4b 46 7f ff 0c 10 a4 : crc=a5 NO") + kTail, "CRC NO"},
      {"00 00 00 00 00 00 00 00 00 : crc=00 YES\n00 00 00 00 00 00 00 00 00 t=0\n",
       "CRC of zeros: a short circuit"},
      {"50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n",
       "85 Cel, its value at power-on"},
      {"", "gave an empty answer"},
      {"t=21437\n", "answered 't=21437'"},
      {"57 01 : crc=a4 YES\n", "answered '57 01 : crc=a4 YES'"},
      {"57 01 : crc=a4 YES\n57 01 t=\n", "answered '57 01 : crc=a4 YES'"}};
  for (const auto& [text, cause] : faults) {
    set("w1_slave", text);
    EXPECT_EQ(read(), "w1 28-00000a1b2c3d: " + std::string(cause));
  }
  set("w1_slave", std::string("57 01 4b 46 7f ff 0c 10 a4 : crc=a4 YES") + kTail);
  EXPECT_EQ(read(), "21.437 Cel");
}

TEST_F(W1, SaysHowOftenItFailedOfLate) {
  const auto sensor = make(chip());
  const auto after = [&](const char* text) {
    set("temperature", text);
    return sample(*sensor);
  };
  const std::string cause = "w1 28-00000a1b2c3d: 85 Cel, its value at power-on ";
  EXPECT_EQ(after("21437\n"), "21.437 Cel");
  EXPECT_EQ(after("85000\n"), cause + "(failed 1 of the last 2 samples)");
  EXPECT_EQ(after("85000\n"), cause + "(failed 2 of the last 3 samples)");
  EXPECT_EQ(after("21437\n"), "21.437 Cel");
  EXPECT_EQ(after("85000\n"), cause + "(failed 3 of the last 5 samples)");
  EXPECT_EQ(after("21437\n"), "21.437 Cel");
  EXPECT_EQ(after("21437\n"), "21.437 Cel");
  EXPECT_EQ(after("85000\n"), cause + "(failed 2 of the last 5 samples)");
}

TEST_F(W1, ThatIsGoneAndBack) {
  const auto sensor = make(chip());
  remove("/sys/bus/w1/devices/28-00000a1b2c3d");
  link("/sys/bus/w1/devices/28-0000000000ff", "../../../devices/w1_bus_master1/28-00000a1b2c3d");
  EXPECT_EQ(sample(*sensor), "w1 28-00000a1b2c3d: is not on the bus (found: 28-0000000000ff)");
  remove("/sys");
  EXPECT_EQ(sample(*sensor),
            "w1 28-00000a1b2c3d: is not on the bus (found: none) (failed 2 of the last 2 samples)");
  record("ds18b20");
  EXPECT_EQ(sample(*sensor), "21.437 Cel");
}

TEST_F(W1, SetsTheResolutionIfItIsAnother) {
  EXPECT_EQ(sample(chip({{"resolution", "9"}})), "21.437 Cel");
  EXPECT_EQ(resolution(), "92");  // a file, other than an attribute, keeps its second digit
  set("resolution", "12\n");
  EXPECT_EQ(sample(chip({{"resolution", "12"}})), "21.437 Cel");
  EXPECT_EQ(resolution(), "12");
  // It cannot be told: no attribute, or none that can be written.
  remove(std::string(kFolder) + "/resolution");
  EXPECT_EQ(sample(chip({{"resolution", "9"}})), "21.437 Cel");
  std::filesystem::create_directory(root_ + kFolder + "/resolution");
  EXPECT_EQ(sample(chip({{"resolution", "9"}})), "21.437 Cel");
}

TEST_F(W1, IsRefusedWithTheCause) {
  EXPECT_EQ(refusal({"w1", {}, {}}), "w1: option 'id' is missing");
  for (const char* id : {"", "28", "28.00000A1B2C3D", "28-00000A1B2C3D", "../00000a1b2c3d",
                         "28-00000a1b2c-d", "28-00000a1b2c3d0", "w1_bus_master1x"}) {
    EXPECT_EQ(refusal({"w1", {{"id", id}}, {}}),
              "w1: '" + std::string(id) + "' is no id such as 28-00000a1b2c3d");
  }
  for (const char* resolution : {"8", "13", "", "x"}) {
    EXPECT_EQ(refusal(chip({{"resolution", resolution}})),
              "w1: resolution '" + std::string(resolution) + "' is not 9 to 12");
  }
}

}  // namespace
}  // namespace dsn::sensor
