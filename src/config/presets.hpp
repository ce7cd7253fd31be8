// SPDX-License-Identifier: Apache-2.0
// What is known of a sensor by the name of its chip or kind.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "config/config.hpp"
#include "config/key_table.hpp"
#include "config/library.hpp"

namespace dsn::config {

struct Preset {
  bool good = true;  ///< nothing was reported of it
  std::string description;
  std::string example;  ///< a line of `sensors`
  const DriverInfo* driver = nullptr;
  YamlNode options;  ///< those of the driver, as a mapping; the sensor names its device
  YamlNode times;    ///< every, max_age, timeout, as a mapping
  Processing processing;
  std::map<std::string, Processing> values;
};

class Presets {
 public:
  Presets(std::optional<std::string> folder, Report& report)
      : library_("presets", std::move(folder), report), report_(report) {}

  /// The preset that `at` asks for, as far as it is good; reports, for `subject`, that there is
  /// none.
  [[nodiscard]] const Preset& find(const std::string& name, Mark at, const std::string& subject);

 private:
  [[nodiscard]] Preset read(const YamlNode& root, const std::string& name);

  Library library_;
  Report& report_;
  std::map<std::string, Preset> presets_;
};

/// The mapping of a sensor with what it leaves open from the preset. The keys of KeyScope::value
/// are not among it: those of a preset's `values` come after those of the sensor itself.
[[nodiscard]] YamlNode with_defaults(const YamlNode& sensor, const Preset& preset);

/// What a sensor and its preset say about its values together: the sensor's `values` first, then
/// the sensor, the preset's `values`, the preset.
void add_preset_values(SensorConfig& sensor, const Preset& preset);

}  // namespace dsn::config
