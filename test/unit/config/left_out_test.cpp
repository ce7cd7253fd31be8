// SPDX-License-Identifier: Apache-2.0
// A build with few drivers and without hooks and messages (-Ddrivers=file,proc
// -Dhooks=disabled -Dmessages=disabled): the files that
// know of it are compiled into this program.
#include <gtest/gtest.h>

#include <asio/io_context.hpp>

#include "config/load.hpp"
#include "sensor/sensor.hpp"

namespace dsn::config {
namespace {

std::string first_error(const std::string& text) {
  const LoadResult result = load_text(text, "agent.yaml");
  return result.errors.empty() ? "" : result.errors.front().to_string();
}

TEST(LeftOut, IsSaidWhereTheSensorStands) {
  EXPECT_EQ(first_error("sensors:\n"
                        "  door: {file: /x}\n"
                        "  fan: {i2c: {bus: 1, address: 0x40, register: 2}}\n"),
            "agent.yaml:3:3: sensor 'fan' needs the driver 'i2c', which this program was built "
            "without (-Ddrivers)");
}

TEST(LeftOut, IsSaidOfAPresetToo) {
  EXPECT_EQ(first_error("sensors:\n"
                        "  room: {preset: bme280}\n"),
            "agent.yaml:2:3: sensor 'room' needs the driver 'iio', which this program was built "
            "without (-Ddrivers)");
}

TEST(LeftOut, IsLeftOutOfTheBoardToo) {
  const LoadResult result =
      load_text("board: rpi-zero\nsensors: {door: {file: /x}}\n", "agent.yaml");
  EXPECT_TRUE(result.errors.empty());
  ASSERT_EQ(result.config.sensors.size(), 1U);
  EXPECT_EQ(result.config.sensors[0].key, "door");
}

TEST(LeftOut, IsSaidOfHooks) {
  EXPECT_EQ(first_error("sensors: {}\n"
                        "hooks: {lamp: {on_gone: {}, run: /bin/lamp}}\n"),
            "agent.yaml:2:1: this program was built without hooks (-Dhooks)");
}

TEST(LeftOut, IsSaidOfWhatNeedsMessages) {
  EXPECT_EQ(first_error("databases: {cache: {expire: 1h}}\n"),
            "agent.yaml:1:1: this program was built without messages (-Dmessages)");
  EXPECT_EQ(first_error("commands: {light: {run: /bin/light, from: [attic]}}\n"),
            "agent.yaml:1:1: this program was built without messages (-Dmessages)");
}

TEST(LeftOut, IsNotMade) {
  asio::io_context io;
  EXPECT_TRUE(sensor::make_sensor(io, {"file", {{"path", "/x"}}, {}, {}}, "").ok());
  EXPECT_FALSE(sensor::make_sensor(io, {"thermal", {{"type", "cpu"}}, {}, {}}, "").ok());
}

}  // namespace
}  // namespace dsn::config
