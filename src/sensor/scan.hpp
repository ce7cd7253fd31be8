// SPDX-License-Identifier: Apache-2.0
// What sensors this machine has.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sensor/sensor.hpp"

namespace dsn::sensor {

/// A sensor as it could stand in a configuration.
struct FoundSensor {
  std::string driver;
  std::map<std::string, std::string> options;  ///< as in SensorSpec
  std::string key;     ///< a suggestion: "room/temperature"; none is suggested twice
  std::string preset;  ///< a suggestion, which may be unknown: "ds18b20"; empty: none
  std::string title;   ///< for people: "1-wire 28-00000a1b2c3d"
  Result<Measurements> value = Measurements{};
  /// What is true of it, by the names of the driver's options, also of those that it was not given.
  std::map<std::string, std::string> facts = {};
  std::string path = {};  ///< where the device is, for the option `device`
};

/// Looks for 1-wire thermometers, IIO and hwmon chips, thermal zones and the flags of a Raspberry
/// Pi, and reads each once. Blocks as long as the slowest bus takes. A measurement that the
/// kernel shows in several ways (a thermal zone that is a hwmon chip too) is found once. `root` is
/// as in make_sensor().
[[nodiscard]] std::vector<FoundSensor> scan(const std::string& root);

/// Whether a sensor with these options is the one that was found: all that they say is true of it.
/// What one chip shows by two drivers is one sensor.
[[nodiscard]] bool is_found(const SensorSpec& known, const FoundSensor& found);

/// A name as part of a key: "CPU Fan" is "cpu_fan".
[[nodiscard]] std::string key_part(std::string_view name);

/// The network interfaces that have received something, but the loopback interface and those of
/// containers and virtual machines.
[[nodiscard]] std::vector<std::string> used_interfaces(const std::string& root);

}  // namespace dsn::sensor
