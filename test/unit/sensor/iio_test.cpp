// SPDX-License-Identifier: Apache-2.0
#include "tree.hpp"

namespace dsn::sensor {
namespace {

constexpr char kBus[] = "/sys/devices/platform/soc/fe804000.i2c/i2c-1/";

class Iio : public Tree {
 protected:
  std::string read(std::map<std::string, std::string> options) {
    return sample({"iio", std::move(options), {}});
  }
  std::string read_recorded(const std::string& name) {
    record(name);
    return read({{"name", name}});
  }
};

TEST_F(Iio, ReadsAllChannelsOfABme280) {
  EXPECT_EQ(read_recorded("bme280"),
            "humidity=45.123 %RH, pressure=1013.40887 hPa, temperature=21.43 Cel");
}

TEST_F(Iio, ReadsOneChannelByEitherName) {
  record("bme280");
  EXPECT_EQ(read({{"name", "bme280"}, {"channel", "pressure"}}), "1013.40887 hPa");
  EXPECT_EQ(read({{"name", "bme280"}, {"channel", "in_pressure"}}), "1013.40887 hPa");
  EXPECT_EQ(read({{"name", "bme280"}, {"channel", "humidityrelative"}}), "45.123 %RH");
  EXPECT_EQ(read({{"name", "bme280"}, {"channel", "presure"}}),
            "iio bme280: no channel 'presure' (did you mean 'pressure'?) (found: humidity, "
            "pressure, temperature)");
}

TEST_F(Iio, ScalesWhatIsRaw) { EXPECT_EQ(read_recorded("bh1750"), "illuminance=264.166561 lx"); }

TEST_F(Iio, ReadsCarbonDioxideAsPartsPerMillion) {
  EXPECT_EQ(read_recorded("scd30"), "co2=612 ppm, humidity=40.771 %RH, temperature=23.412 Cel");
}

TEST_F(Iio, ReadsParticles) {
  EXPECT_EQ(read_recorded("sps30"),
            "pm10=5.61 ug/m3, pm1=3.12 ug/m3, pm2_5=4.56 ug/m3, pm4=5.23 ug/m3");
}

TEST_F(Iio, KnowsOffsetAndScaleThatChannelsShare) {
  EXPECT_EQ(read_recorded("mlx90614"),
            "temperature_ambient=21.81 Cel, temperature_object=27.09 Cel");
}

TEST_F(Iio, TellsTheInputsOfAConverterApart) {
  EXPECT_EQ(read_recorded("ads1015"),
            "voltage0_voltage1=0.412 V, voltage0=1.642 V, voltage1=-0.006 V");
  EXPECT_EQ(read({{"name", "ads1015"}, {"channel", "voltage0-voltage1"}}), "0.412 V");
}

TEST_F(Iio, TellsTwoOfOneNameApart) {
  record("bme280");
  const std::string second = std::string(kBus) + "1-0077/iio:device1";
  write(second + "/name", "bme280\n");
  write(second + "/in_temp_input", "-5000\n");
  link("/sys/bus/iio/devices/iio:device1", "../../.." + second.substr(4));
  EXPECT_EQ(read({{"name", "bme280"}}),
            "iio: 2 devices 'bme280' (on 1-0076, 1-0077): add 'device'");
  EXPECT_EQ(read({{"name", "bme280"}, {"device", "1-0077"}}), "temperature=-5 Cel");
  EXPECT_EQ(read({{"name", "bme280"}, {"device", "1-0078"}}),
            "iio: no device 'bme280' on '1-0078' (found: bme280 (1-0076), bme280 (1-0077))");
}

TEST_F(Iio, FailsWithTheCause) {
  EXPECT_EQ(read({{"name", "bme280"}}), "iio: no device 'bme280' (found: none)");
  record("bh1750");
  EXPECT_EQ(read({{"name", "bme280"}}), "iio: no device 'bme280' (found: bh1750)");
  const std::string folder = std::string(kBus) + "1-0023/iio:device0/";
  const auto after = [&](const std::string& file, const std::string& text) {
    write(folder + file, text);
    return read({{"name", "bh1750"}});
  };
  const std::string path = "/sys/bus/iio/devices/iio:device0/in_illuminance";
  const std::string value = "iio bh1750: " + path;
  EXPECT_EQ(after("in_illuminance_raw", "x\n"), value + "_raw: holds no number but 'x'");
  EXPECT_EQ(after("in_illuminance_raw", ""), value + "_raw: holds no number but ''");
  EXPECT_EQ(after("in_illuminance_raw", "1e308\n"), "illuminance=8.33333e+307 lx");
  EXPECT_EQ(after("in_illuminance_scale", "1e308\n"), value + ": the value is too large");
  EXPECT_EQ(after("in_illuminance_raw", "1e999\n"), value + "_raw: holds no number but '1e999'");
  EXPECT_EQ(after("in_illuminance_raw", "0\n"), "illuminance=0 lx");
  EXPECT_EQ(after("in_illuminance_scale", "nan\n"), value + "_scale: holds no number but 'nan'");
  remove(folder + "in_illuminance_raw");
  EXPECT_EQ(read({{"name", "bh1750"}}), "iio bh1750: has no channel that is known");
  EXPECT_EQ(refusal({"iio", {}, {}}), "iio: option 'name' is missing");
  EXPECT_EQ(refusal({"iio", {{"name", "x"}, {"chanel", "y"}}, {}}),
            "iio: unknown option 'chanel' (did you mean 'channel'?)");
}

}  // namespace
}  // namespace dsn::sensor
