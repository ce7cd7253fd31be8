// SPDX-License-Identifier: Apache-2.0
#include "config/sensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/suggest.hpp"
#include "config/address.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/value_settings.hpp"

namespace dsn::config {
namespace {

// What execve() takes is megabytes; what a person writes into a file is not.
constexpr std::size_t kArgumentsMax = 64;

std::string driver_names() {
  std::string names;
  for (const DriverInfo& driver : driver_table()) {
    names += (names.empty() ? "" : ", ") + std::string(driver.name);
  }
  return names;
}

/// The one driver of a sensor; reports none and several.
const DriverInfo* find_driver(const Section& section, const std::string& where, Mark sensor_at,
                              Report& report) {
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
  // A mistyped driver was reported as an unknown key.
  if (found == nullptr && !section.has_unknown_keys()) {
    report.error(sensor_at, fmt::format("{} has no driver: give one of {}", where, driver_names()));
  }
  return found;
}

bool check_program(const std::string& program, Mark at, const std::string& where, Report& report) {
  if (program.starts_with('/') && program.find(' ') == std::string::npos) return true;
  if (program.find(' ') != std::string::npos) {
    report.error(at, fmt::format("'exec' in {} runs without a shell: write the program and its "
                                 "arguments as a list, such as [/bin/program, argument]",
                                 where));
  } else {
    report.error(at, fmt::format("'exec' in {} must name its program by an absolute path, not {}",
                                 where, shown(program)));
  }
  return false;
}

void read_command(const Section& section, const std::string& where, SensorConfig& sensor,
                  Report& report) {
  const Node& value = *section.value("exec");
  const Mark at = section.value_mark("exec");
  if (value.kind == Node::Kind::scalar) {
    if (check_program(value.text, at, where, report)) sensor.command = {value.text};
    return;
  }
  if (value.kind != Node::Kind::list || value.children.empty()) {
    report.error(at,
                 fmt::format("'exec' in {} must be a program or a list of program and "
                             "arguments, not {}",
                             where, value.kind == Node::Kind::list ? "empty" : describe(value)));
    return;
  }
  if (value.children.size() > kArgumentsMax) {
    report.error(at, fmt::format("'exec' in {} has more than {} arguments", where, kArgumentsMax));
    return;
  }
  std::vector<std::string> command;
  for (const Node& argument : value.children) {
    if (argument.kind != Node::Kind::scalar || argument.text.find('\0') != std::string::npos) {
      report.error(argument.at, fmt::format("an argument of 'exec' in {} must be text, not {}; "
                                            "quote it if need be",
                                            where, describe(argument)));
      return;
    }
    command.push_back(argument.text);
  }
  // A list may name a program with a space in it; nobody can mean a shell there.
  if (!command[0].starts_with('/')) {
    report.error(value.children[0].at,
                 fmt::format("'exec' in {} must name its program by an absolute path, not {}",
                             where, shown(command[0])));
    return;
  }
  sensor.command = std::move(command);
}

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

/// What the table cannot say: which options need or exclude each other.
void check_combination(const SensorConfig& sensor, const std::string& where, Mark at,
                       Report& report) {
  const Options& options = sensor.options;
  if (sensor.driver == "proc") {
    require_one(options, {"reading", "net"}, where, at, report);
    if (options.contains("net")) require(options, "counter", where, at, report);
    if (options.contains("counter") && !options.contains("net")) {
      report.error(at, fmt::format("'counter' in {} needs 'net', the network interface", where));
    }
  } else if (sensor.driver == "thermal") {
    require(options, "type", where, at, report);
  } else if (sensor.driver == "hwmon") {
    require(options, "chip", where, at, report);
    require_one(options, {"input", "label"}, where, at, report);
  } else if (sensor.driver == "file") {
    require(options, "path", where, at, report);
    const auto path = options.find("path");
    if (path != options.end() && !path->second.starts_with('/')) {
      report.error(
          at, fmt::format("the path of {} must be absolute, not {}", where, shown(path->second)));
    }
  }
}

void read_options(const Section& section, const DriverInfo& driver, const std::string& sensor_where,
                  SensorConfig& sensor, Report& report) {
  const Node& value = *section.value(driver.name);
  const Mark at = section.value_mark(driver.name);
  const std::string where = fmt::format("'{}' of {}", driver.name, sensor_where);
  // The short form is the long form with one member.
  Node long_form;
  const Node* mapping = &value;
  if (value.kind == Node::Kind::scalar) {
    long_form = {.kind = Node::Kind::mapping, .at = value.at};
    long_form.children.push_back(
        {.kind = Node::Kind::scalar, .at = value.at, .text = std::string(driver.scalar_option)});
    long_form.children.push_back(value);
    mapping = &long_form;
  } else if (value.kind != Node::Kind::mapping) {
    report.error(at, fmt::format("{} must be text or a mapping, not {}", where, describe(value)));
    return;
  }
  const Section options(*mapping, driver.scope, where, report);
  bool complete = !options.has_unknown_keys();
  for (const KeyInfo& key : key_table()) {
    if (key.scope != driver.scope || !options.has(key.name)) continue;
    auto text = key.type == KeyType::number ? options.number(key.name) : options.text(key.name);
    if (text) sensor.options.emplace(key.name, std::move(*text));
    complete = complete && text.has_value();
  }
  if (complete) check_combination(sensor, where, at, report);
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
  if (sensor.driver.empty()) return;
  if (section.has("timeout") && sensor.driver != "exec") {
    report.error(section.key_mark("timeout"),
                 fmt::format("'timeout' in {} is for 'exec' only", where));
  }
  if (timeout && sensor.driver == "exec" && sensor.timeout > sensor.every) {
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

void read_sensor(const Node& key, const Node& value, std::vector<SensorConfig>& sensors,
                 Report& report) {
  const std::string where = fmt::format("sensor {}", shown(key.text));
  if (!is_sensor_key(key.text)) {
    report.error(key.at, fmt::format("{} must be named by a-z, 0-9 and '_', in parts separated by "
                                     "'/', beginning with a letter, at most 64 bytes",
                                     where));
  }
  if (value.kind != Node::Kind::mapping) {
    report.error(key.at, fmt::format("{} must be a mapping such as {{proc: load1}}, not {}", where,
                                     describe(value)));
    return;
  }
  SensorConfig sensor;
  sensor.key = key.text;
  sensor.position = report.position(key.at);
  const Section section(value, KeyScope::sensor, where, report);
  if (const DriverInfo* driver = find_driver(section, where, key.at, report)) {
    sensor.driver = driver->name;
    if (driver->name == "exec") {
      read_command(section, where, sensor, report);
    } else {
      read_options(section, *driver, where, sensor, report);
    }
  }
  sensor.processing = read_processing(section, where, report);
  sensor.values = read_values(section, where, report);
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

std::vector<SensorConfig> read_sensors(const Node& sensors, Report& report) {
  std::vector<SensorConfig> result;
  for (std::size_t i = 0; i + 1 < sensors.children.size(); i += 2) {
    read_sensor(sensors.children[i], sensors.children[i + 1], result, report);
  }
  return result;
}

}  // namespace dsn::config
