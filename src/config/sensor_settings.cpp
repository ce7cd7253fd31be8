// SPDX-License-Identifier: Apache-2.0
#include "config/sensor_settings.hpp"

#include <fmt/format.h>

#include "base/built.hpp"
#include "base/duration.hpp"
#include "base/key_name.hpp"
#include "config/address.hpp"
#include "config/driver_settings.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/value_settings.hpp"
#include "config/w1_id.hpp"

namespace dsn::config {
namespace {

std::string driver_names() {
  std::string names;
  for (const DriverInfo& driver : driver_table()) {
    names += (names.empty() ? "" : ", ") + std::string(driver.name);
  }
  return names;
}

/// The one driver of a sensor; reports none and several.
const DriverInfo* driver_of(const Section& section, const std::string& where, Mark sensor_at,
                            const Preset* preset, Report& report) {
  const DriverInfo* found = nullptr;
  for (const DriverInfo& driver : driver_table()) {
    if (!section.has(driver.name)) continue;
    if (found != nullptr) {
      report.error(section.key_mark(driver.name),
                   fmt::format("{} has two drivers, '{}' and '{}': split it into two sensors",
                               where, found->name, driver.name));
      return nullptr;
    }
    found = &driver;
  }
  // What is wrong with the preset was reported, as was a mistyped driver as an unknown key.
  const bool wants_preset = preset == nullptr && section.has("preset");
  if (found != nullptr || wants_preset) return found;
  if (preset != nullptr && preset->driver != nullptr) {
    report.error(sensor_at, fmt::format("{} has no driver: its preset goes with '{}', as in {}",
                                        where, preset->driver->name, preset->example));
  } else if (!section.has_unknown_keys()) {
    report.error(sensor_at, fmt::format("{} has no driver: give one of {}", where, driver_names()));
  }
  return found;
}

void read_times(const Section& section, const std::string& where, SensorConfig& sensor,
                Report& report) {
  if (const auto every = section.duration("every")) sensor.every = *every;
  sensor.max_age = section.duration("max_age");
  if (sensor.max_age && *sensor.max_age < sensor.every) {
    report.warning(section.value_mark("max_age"),
                   fmt::format("'max_age' in {} is shorter than 'every' ({}): the value will be "
                               "late before each sample",
                               where, duration_text(sensor.every)));
  }
  const auto timeout = section.duration("timeout");
  if (timeout) sensor.timeout = *timeout;
  const DriverInfo* driver = find_driver(sensor.driver);
  if (driver == nullptr) return;
  if (section.has("timeout") && !driver->runs_program()) {
    report.error(section.key_mark("timeout"),
                 fmt::format("'timeout' in {} is for 'exec' only", where));
  }
  if (timeout && driver->runs_program() && sensor.timeout > sensor.every) {
    report.warning(section.value_mark("timeout"),
                   fmt::format("'timeout' in {} is longer than 'every' ({}): samples that fall "
                               "into a long run are skipped",
                               where, duration_text(sensor.every)));
  }
}

/// How the settings of a value go together, whichever part of the sensor each comes from.
void check_reports(const Section& section, const std::string& where, const SensorConfig& sensor,
                   Report& report) {
  const auto check = [&](const Processing& settings, const std::string& of) {
    if (settings.min && settings.max && *settings.min >= *settings.max) {
      report.error(section.key_mark(section.has("max") ? "max" : "values"),
                   fmt::format("'max' in {} must be more than 'min': no value would do", of));
    }
    if (settings.max_interval && !settings.delta) {
      report.error(section.key_mark(section.has("max_interval") ? "max_interval" : "values"),
                   fmt::format("'max_interval' in {} needs 'delta': without it every sample is "
                               "reported; 'delta: 0' reports changes only",
                               of));
    } else if (sensor.max_age && settings.max_interval &&
               *settings.max_interval > *sensor.max_age) {
      report.warning(section.value_mark("max_age"),
                     fmt::format("'max_age' in {} is shorter than 'max_interval' ({}): the value "
                                 "will be late while it does not change",
                                 of, duration_text(*settings.max_interval)));
    }
  };
  check(sensor.processing, where);
  for (const auto& [suffix, settings] : sensor.values) {
    if (settings != sensor.processing) {
      check(settings, fmt::format("value {} of {}", shown(suffix), where));
    }
  }
}

/// The preset that a sensor names, if any.
const Preset* find_preset(const YamlNode& sensor, const std::string& where,
                          const SensorContext& context) {
  const YamlNode* name = sensor.find("preset");
  if (name == nullptr || name->kind != YamlNode::Kind::scalar) return nullptr;
  return &context.presets.find(name->text, name->at, where);
}

std::string left_out(const DriverInfo& driver, const std::string& where) {
  return fmt::format("{} needs the driver '{}', which this program was built without (-Ddrivers)",
                     where, driver.name);
}

void read_sensor(const YamlNode& key, const YamlNode& value, std::vector<SensorConfig>& sensors,
                 const SensorContext& context) {
  Report& report = context.report;
  const std::string where = fmt::format("sensor {}", shown(key.text));
  if (!is_sensor_key(key.text)) {
    report.error(key.at, fmt::format("{} must be named by a-z, 0-9 and '_', in parts separated by "
                                     "'/', beginning with a letter, at most 64 bytes",
                                     where));
  }
  if (value.kind != YamlNode::Kind::mapping) {
    report.error(key.at, fmt::format("{} must be a mapping such as {{proc: load1}}, not {}", where,
                                     describe(value)));
    return;
  }
  SensorConfig sensor;
  sensor.key = key.text;
  sensor.position = report.position(key.at);
  const Preset* preset = find_preset(value, where, context);
  if (preset != nullptr && !preset->good) preset = nullptr;
  const YamlNode mapping = preset != nullptr ? with_defaults(value, *preset) : value;
  const Section section(mapping, KeyScope::sensor, where, report, option_scope(mapping));
  section.check("preset");
  if (const DriverInfo* driver = driver_of(section, where, key.at, preset, report)) {
    if (!is_built(driver->name)) {
      if (!context.are_optional) report.error(key.at, left_out(*driver, where));
      return;
    }
    sensor.driver = driver->name;
    read_driver(section, *driver, where, sensor, report);
    check_w1_id(sensor, section.value_mark(driver->name), where, report);
    name_gpio_line(sensor, context.board, section.value_mark(driver->name), where, report);
  }
  sensor.processing = read_processing(section, where, report);
  sensor.values = read_values(section, where, report);
  if (preset != nullptr) add_preset_values(sensor, *preset);
  for (auto& [suffix, settings] : sensor.values) settings = merged(settings, sensor.processing);
  read_times(section, where, sensor, report);
  check_reports(section, where, sensor, report);
  sensors.push_back(std::move(sensor));
}

}  // namespace

Processing SensorConfig::processing_of(const std::string& suffix) const {
  const auto own = values.find(suffix);
  return own == values.end() ? processing : own->second;
}

std::vector<SensorConfig> read_sensors(const YamlNode& sensors, const SensorContext& context) {
  std::vector<SensorConfig> result;
  for (const auto& [key, settings] : sensors.members()) {
    read_sensor(key, settings, result, context);
  }
  return result;
}

}  // namespace dsn::config
