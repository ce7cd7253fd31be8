// SPDX-License-Identifier: Apache-2.0
// Presets: what is known of a chip or a kind of sensor, by its name.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "config/key_table.hpp"
#include "config/library.hpp"

namespace dsn::config {

struct Preset {
  bool good = true;  ///< false if an error was reported about it
  std::string description;
  std::string example;  ///< a line of `sensors`
  const DriverInfo* driver = nullptr;
  YamlNode options;  ///< of the driver, as a mapping; the sensor may name its device
  YamlNode times;    ///< every, max_age, timeout, as a mapping
  Processing processing;
  std::map<std::string, Processing> values;
};

class Presets {
 public:
  Presets(std::optional<std::string> folder, Report& report)
      : library_("presets", std::move(folder), report), report_(report) {}

  /// The preset of that name. If there is none, this is reported at `at` for `subject`, and the
  /// answer is not good.
  [[nodiscard]] const Preset& find(const std::string& name, Mark at, const std::string& subject);

 private:
  [[nodiscard]] Preset read(const YamlNode& root, const std::string& name);

  Library library_;
  Report& report_;
  std::map<std::string, Preset> presets_;
};

/// The mapping of a sensor, completed by the times, the driver and the options of its preset. What
/// a preset says of values is left to add_preset_values().
[[nodiscard]] YamlNode with_defaults(const YamlNode& sensor, const Preset& preset);

/// Adds what a preset says of values. The first of these that has a setting wins: the sensor's
/// `values`, the sensor, the preset's `values`, the preset.
void add_preset_values(SensorConfig& sensor, const Preset& preset);

}  // namespace dsn::config
