// SPDX-License-Identifier: Apache-2.0
#include "config/presets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/driver_settings.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/value_settings.hpp"

namespace dsn::config {
namespace {

YamlNode key_node(std::string_view name, Mark at) {
  return {.kind = YamlNode::Kind::scalar, .at = at, .text = std::string(name)};
}

void add_missing(YamlNode& mapping, const YamlNode& defaults, std::string_view but = {}) {
  for (const auto& [key, value] : defaults.members()) {
    if (key.text != but && mapping.find(key.text) == nullptr) mapping.add(key, value);
  }
}

void append(YamlNode& mapping, std::string_view key, const Section& section) {
  mapping.add(key_node(key, section.key_mark(key)), *section.value(key));
}

/// The options of the preset's driver, from the short or the long form and from beside it. Names
/// and types are checked; what is missing is for the sensor to give.
YamlNode read_options(const Section& section, const DriverInfo& driver, const std::string& where,
                      Report& report) {
  YamlNode options{.kind = YamlNode::Kind::mapping, .at = section.value_mark(driver.name)};
  if (driver.runs_program()) return options;
  const YamlNode& value = *section.value(driver.name);
  if (value.kind == YamlNode::Kind::mapping) {
    options = value;
  } else if (value.kind == YamlNode::Kind::scalar) {
    options.children = {key_node(driver.short_form, value.at), value};
  } else if (value.kind == YamlNode::Kind::list) {
    report.error(
        section.value_mark(driver.name),
        fmt::format("{} must be text or a mapping, not a list", section.subject(driver.name)));
  }
  for (const KeyInfo& key : key_table()) {
    if (key.scope == driver.scope && section.has(key)) append(options, key.name, section);
  }
  const Section checked(options, driver.scope, fmt::format("'{}' of {}", driver.name, where),
                        report);
  for (const std::string_view name : names_in(driver.scope)) checked.check(name);
  return options;
}

}  // namespace

const Preset& Presets::find(const std::string& name, Mark at, const std::string& subject) {
  static const Preset kNone{.good = false};
  if (const auto known = presets_.find(name); known != presets_.end()) return known->second;
  const Library::LibraryFile* entry = library_.find(name);
  if (entry == nullptr) {
    report_.error(
        at, fmt::format("unknown preset {} in {}{}", shown(name), subject, library_.hint(name)));
    return kNone;
  }
  if (!entry->root) return kNone;
  const std::size_t errors = report_.error_count();
  Preset preset = read(*entry->root, name);
  preset.good = report_.error_count() == errors;
  return presets_.emplace(name, std::move(preset)).first->second;
}

Preset Presets::read(const YamlNode& root, const std::string& name) {
  const std::string where = fmt::format("preset {}", shown(name));
  const Section section(root, KeyScope::preset, where, report_, option_scope(root));
  Preset preset;
  preset.description = section.text("description").value_or("");
  preset.example = section.text("example").value_or("");
  preset.processing = read_processing(section, where, report_);
  preset.values = read_values(section, where, report_);
  for (const DriverInfo& driver : driver_table()) {
    if (!section.has(driver.name)) continue;
    preset.driver = &driver;
    preset.options = read_options(section, driver, where, report_);
  }
  if (section.has("preset")) {
    report_.error(section.key_mark("preset"), fmt::format("{} cannot build on another", where));
  }
  preset.times.kind = YamlNode::Kind::mapping;
  for (const std::string_view key : {"every", "max_age", "timeout"}) {
    section.check(key);
    if (section.has(key)) append(preset.times, key, section);
  }
  return preset;
}

YamlNode with_defaults(const YamlNode& sensor, const Preset& preset) {
  YamlNode merged = sensor;
  add_missing(merged, preset.times);
  if (preset.driver == nullptr) return merged;
  const DriverInfo& driver = *preset.driver;
  const bool has_driver = std::ranges::any_of(
      driver_table(), [&](const DriverInfo& known) { return sensor.find(known.name) != nullptr; });
  if (const YamlNode* device = preset.options.find(driver.short_form); !has_driver && device) {
    merged.add(key_node(driver.name, device->at), *device);
  }
  for (const auto& [key, value] : merged.members()) {
    if (key.text != driver.name) continue;
    // Options stand where the sensor has its own: in the mapping of its driver, or beside.
    const bool is_long = value.kind == YamlNode::Kind::mapping;
    add_missing(is_long ? value : merged, preset.options, driver.short_form);
    break;
  }
  return merged;
}

void add_preset_values(SensorConfig& sensor, const Preset& preset) {
  const Processing own = sensor.processing;
  for (const auto& [suffix, settings] : preset.values) {
    Processing& value = sensor.values.try_emplace(suffix).first->second;
    value = merged(merged(value, own), settings);
  }
  sensor.processing = merged(own, preset.processing);
}

}  // namespace dsn::config
