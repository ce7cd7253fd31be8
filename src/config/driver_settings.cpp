// SPDX-License-Identifier: Apache-2.0
#include "config/driver_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "config/program.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

using sensor::OptionRule;
using Names = std::vector<std::string_view>;

/// The words of a text that are separated by a blank.
Names words(std::string_view text) {
  Names found;
  while (!text.empty()) {
    found.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), found.back().size() + 1));
  }
  return found;
}

/// The options of one sensor, and whether they go together.
class OptionCheck {
 public:
  OptionCheck(const DriverInfo& driver, const std::map<std::string, std::string>& options,
              const std::string& where, Mark at, Report& report)
      : driver_(driver), options_(options), where_(where), at_(at), report_(report) {}

  void run() {
    for (const KeyInfo& key : key_table()) {
      if (key.scope == driver_.scope) check_key(key);
    }
    for (const OptionRule& rule : driver_.rules) check_rule(rule);
  }

 private:
  [[nodiscard]] bool is_switch(std::string_view name) const {
    return find_key(driver_.scope, name)->type == KeyType::boolean;
  }

  [[nodiscard]] bool is_given(std::string_view name) const {
    const auto option = options_.find(std::string(name));
    return option != options_.end() && (!is_switch(name) || option->second == "true");
  }

  /// "'line' or 'number'"
  [[nodiscard]] std::string listed(const Names& names) const {
    std::string text;
    for (const std::string_view name : names) {
      const char* separator = text.empty() ? "" : name == names.back() ? " or " : ", ";
      text += fmt::format("{}'{}{}'", separator, name, is_switch(name) ? ": true" : "");
    }
    return text;
  }

  void check_key(const KeyInfo& key) {
    const auto option = options_.find(std::string(key.name));
    if (option == options_.end()) {
      if (key.is_required)
        report_.error(at_, fmt::format("'{}' is missing in {}", key.name, where_));
    } else if (key.type == KeyType::path && !option->second.starts_with('/')) {
      report_.error(at_, fmt::format("the {} of {} must be absolute, not {}", key.name, where_,
                                     shown(option->second)));
    }
  }

  void check_rule(const OptionRule& rule) {
    const Names names = words(rule.options);
    Names given;
    std::ranges::copy_if(names, std::back_inserter(given),
                         [this](std::string_view name) { return is_given(name); });
    switch (rule.kind) {
      case OptionRule::Kind::at_least_one:
        if (!given.empty()) return;
        return broken(names, fmt::format("{} needs {}{}", where_,
                                         names.size() == 2 ? "either " : "", listed(names)));
      case OptionRule::Kind::at_most_one:
        if (given.size() < 2) return;
        return broken(
            names, fmt::format("{} needs only one of '{}' and '{}'", where_, given[0], given[1]));
      case OptionRule::Kind::needs:
        if (!is_given(rule.subject) || !given.empty()) return;
        Names all = names;
        all.push_back(rule.subject);
        const bool is_plain = names.size() == 1 && !is_switch(names[0]);
        return broken(all, is_plain ? fmt::format("'{}' is missing in {}", names[0], where_)
                                    : fmt::format("'{}' in {} needs {}", rule.subject, where_,
                                                  listed(names)));
    }
  }

  /// Reports a broken rule, unless another one about these options was reported.
  void broken(const Names& names, std::string message) {
    const auto is_reported = [this](std::string_view name) {
      return std::ranges::find(reported_, name) != reported_.end();
    };
    if (std::ranges::any_of(names, is_reported)) return;
    reported_.insert(reported_.end(), names.begin(), names.end());
    report_.error(at_, std::move(message));
  }

  const DriverInfo& driver_;
  const std::map<std::string, std::string>& options_;
  const std::string& where_;
  const Mark at_;
  Report& report_;
  Names reported_;
};

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
    if (is_short && key.name != driver.short_form) continue;
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
    long_form.add(
        {.kind = YamlNode::Kind::scalar, .at = value.at, .text = std::string(driver.short_form)},
        value);
  }
  const Section options(is_short ? long_form : value, driver.scope, where, report);
  complete = take_options(options, driver.scope, sensor) && complete;
  if (is_short && complete) complete = take_options(section, driver.scope, sensor);
  if (options.has_unknown_keys() || section.has_unknown_keys()) complete = false;
  if (complete) OptionCheck(driver, sensor.options, where, at, report).run();
}

}  // namespace

std::optional<KeyScope> option_scope(const YamlNode& sensor) {
  for (const auto& [key, value] : sensor.members()) {
    const DriverInfo* driver = find_driver(key.text);
    if (driver != nullptr && !driver->runs_program()) return driver->scope;
  }
  return std::nullopt;
}

void read_driver(const Section& section, const DriverInfo& driver, const std::string& where,
                 SensorConfig& sensor, Report& report) {
  if (driver.runs_program()) {
    sensor.command = read_program(section, driver.name, report);
  } else {
    read_options(section, driver, where, sensor, report);
  }
}

}  // namespace dsn::config
