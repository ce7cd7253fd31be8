// SPDX-License-Identifier: Apache-2.0
#include "config/driver_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/program.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

using Options = std::map<std::string, std::string>;

void require(const Options& options, std::string_view name, const std::string& where, Mark at,
             Report& report) {
  if (!options.contains(std::string(name))) {
    report.error(at, fmt::format("'{}' is missing in {}", name, where));
  }
}

void require_one(const Options& options, std::array<std::string, 2> names, const std::string& where,
                 Mark at, Report& report) {
  const bool first = options.contains(names[0]);
  if (first != options.contains(names[1])) return;
  report.error(at, fmt::format("{} needs {} '{}' {} '{}'", where, first ? "only one of" : "either",
                               names[0], first ? "and" : "or", names[1]));
}

/// One of several sources, each of which has its counters or its readings.
void check_proc(const Options& options, const std::string& where, Mark at, Report& report) {
  std::string source;
  for (const char* name : {"net", "disk", "mount", "pressure"}) {
    if (!options.contains(name)) continue;
    if (!source.empty()) {
      report.error(at, fmt::format("{} needs only one of '{}' and '{}'", where, source, name));
      return;
    }
    source = name;
  }
  const bool has_counters = source == "net" || source == "disk";
  if (source.empty() && options.empty()) {
    report.error(at,
                 fmt::format("{} needs 'reading', 'net', 'disk', 'mount' or 'pressure'", where));
  } else if (has_counters && options.contains("reading")) {
    report.error(at, fmt::format("{} needs only one of 'reading' and '{}'", where, source));
  } else if (!has_counters && options.contains("counter")) {
    report.error(
        at, fmt::format("'counter' in {} needs 'net', the network interface, or 'disk'", where));
  } else {
    require(options, has_counters ? "counter" : "reading", where, at, report);
  }
}

void check_gpio(const Options& options, const std::string& where, Mark at, Report& report) {
  require_one(options, {"line", "number"}, where, at, report);
  if (!options.contains("line") && options.contains("number"))
    require(options, "chip", where, at, report);
  const auto count = options.find("count");
  if (options.contains("edge") && (count == options.end() || count->second != "true")) {
    report.error(at, fmt::format("'edge' in {} needs 'count: true'", where));
  }
}

/// What the table cannot say: which options need or exclude each other.
void check_combination(const SensorConfig& sensor, const std::string& where, Mark at,
                       Report& report) {
  const Options& options = sensor.options;
  if (sensor.driver == "proc") {
    check_proc(options, where, at, report);
  } else if (sensor.driver == "thermal") {
    require(options, "type", where, at, report);
  } else if (sensor.driver == "hwmon") {
    require(options, "chip", where, at, report);
    require_one(options, {"input", "label"}, where, at, report);
  } else if (sensor.driver == "w1") {
    require(options, "id", where, at, report);
  } else if (sensor.driver == "iio") {
    require(options, "name", where, at, report);
  } else if (sensor.driver == "gpio") {
    check_gpio(options, where, at, report);
  } else if (sensor.driver == "i2c") {
    for (const char* name : {"bus", "address", "register"}) {
      require(options, name, where, at, report);
    }
  } else if (sensor.driver == "rpi") {
    require(options, "reading", where, at, report);
  } else if (sensor.driver == "file") {
    require(options, "path", where, at, report);
    const auto path = options.find("path");
    if (path != options.end() && !path->second.starts_with('/')) {
      report.error(
          at, fmt::format("the path of {} must be absolute, not {}", where, shown(path->second)));
    }
  }
}

/// The text of an option, as drivers take it: durations in milliseconds, all else as it stands.
std::optional<std::string> option_text(const Section& section, const KeyInfo& key) {
  switch (key.type) {
    case KeyType::boolean:
      if (const auto value = section.boolean(key.name)) return *value ? "true" : "false";
      return std::nullopt;
    case KeyType::integer:
      if (const auto value = section.integer(key.name)) return std::to_string(*value);
      return std::nullopt;
    case KeyType::number:
    case KeyType::factor:
      return section.number(key.name);
    case KeyType::choice:
      return section.choice(key.name);
    case KeyType::duration:
      if (const auto value = section.duration(key.name)) return std::to_string(value->count());
      return std::nullopt;
    case KeyType::text:
    case KeyType::path:
    case KeyType::list:
    case KeyType::mapping:
    case KeyType::driver:
    case KeyType::command:
      return section.text(key.name);
  }
  return std::nullopt;
}

/// Adds the options that stand in the section; false if one of them was reported.
bool take_options(const Section& section, KeyScope scope, SensorConfig& sensor) {
  bool complete = true;
  for (const KeyInfo& key : key_table()) {
    if (key.scope != scope || !section.has(key)) continue;
    auto text = option_text(section, key);
    complete = complete && text.has_value();
    if (text) sensor.options.emplace(key.name, std::move(*text));
  }
  return complete;
}

/// Reports options beside a long form, and one beside the short form that says the same.
bool check_beside(const Section& section, const DriverInfo& driver, bool is_short,
                  const std::string& where, Report& report) {
  bool good = true;
  for (const KeyInfo& key : key_table()) {
    if (key.scope != driver.scope || !section.has(key)) continue;
    if (is_short && key.name != driver.scalar_option) continue;
    good = false;
    const std::string remedy = is_short
                                   ? fmt::format("'{}' has it already", driver.name)
                                   : fmt::format("move it into the mapping of '{}'", driver.name);
    report.error(section.key_mark(key.name), fmt::format("'{}' stands beside '{}' in {}: {}",
                                                         key.name, driver.name, where, remedy));
  }
  return good;
}

void read_options(const Section& section, const DriverInfo& driver, const std::string& sensor_where,
                  SensorConfig& sensor, Report& report) {
  const YamlNode& value = *section.value(driver.name);
  const Mark at = section.value_mark(driver.name);
  const std::string where = fmt::format("'{}' of {}", driver.name, sensor_where);
  const bool is_short = value.kind == YamlNode::Kind::scalar;
  if (!is_short && value.kind != YamlNode::Kind::mapping) {
    report.error(at, fmt::format("{} must be text or a mapping, not {}", where, describe(value)));
    return;
  }
  bool complete = check_beside(section, driver, is_short, sensor_where, report);
  // The short form is a long form with one member, and the others beside it.
  YamlNode long_form = {.kind = YamlNode::Kind::mapping, .at = value.at};
  if (is_short) {
    long_form.children.push_back({.kind = YamlNode::Kind::scalar,
                                  .at = value.at,
                                  .text = std::string(driver.scalar_option)});
    long_form.children.push_back(value);
  }
  const Section options(is_short ? long_form : value, driver.scope, where, report);
  complete = take_options(options, driver.scope, sensor) && complete;
  if (is_short && complete) complete = take_options(section, driver.scope, sensor);
  if (options.has_unknown_keys() || section.has_unknown_keys()) complete = false;
  if (complete) check_combination(sensor, where, at, report);
}

}  // namespace

std::optional<KeyScope> option_scope(const YamlNode& sensor) {
  for (std::size_t i = 0; i + 1 < sensor.children.size(); i += 2) {
    const auto driver =
        std::ranges::find(driver_table(), sensor.children[i].text, &DriverInfo::name);
    if (driver != driver_table().end() && driver->scope != KeyScope::sensor) return driver->scope;
  }
  return std::nullopt;
}

void read_driver(const Section& section, const DriverInfo& driver, const std::string& where,
                 SensorConfig& sensor, Report& report) {
  if (driver.name == "exec") {
    sensor.command = read_program(section, "exec", report);
  } else {
    read_options(section, driver, where, sensor, report);
  }
}

}  // namespace dsn::config
