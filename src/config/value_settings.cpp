// SPDX-License-Identifier: Apache-2.0
#include "config/value_settings.hpp"

#include <fmt/format.h>

#include "base/device_class.hpp"
#include "base/key_name.hpp"
#include "config/address.hpp"
#include "config/scalar.hpp"
#include "config/units.hpp"

namespace dsn::config {
namespace {

using Filter = Processing::Filter;

std::optional<std::string> read_unit(const Section& section, const std::string& where,
                                     Report& report) {
  auto unit = section.text("unit");
  if (unit && !is_unit(*unit)) {
    report.error(section.value_mark("unit"),
                 fmt::format("unknown unit {} in {}{}", shown(*unit), where, unit_hint(*unit)));
  }
  return unit;
}

std::optional<std::string> read_class(const Section& section, const std::string& where,
                                      Report& report) {
  auto name = section.text("ha_class");
  if (name && !name->empty() && !is_device_class(*name)) {
    report.error(section.value_mark("ha_class"),
                 fmt::format("'ha_class' in {} must be a-z, 0-9 and '_', a letter first, as Home "
                             "Assistant writes its device classes, not {}",
                             where, shown(*name)));
  }
  return name;
}

}  // namespace

Processing read_processing(const Section& section, const std::string& where, Report& report) {
  Processing values;
  values.unit = read_unit(section, where, report);
  values.rate = section.boolean("rate");
  values.scale = section.number_value("scale");
  values.offset = section.number_value("offset");
  values.min = section.number_value("min");
  values.max = section.number_value("max");
  if (const auto name = section.choice("filter")) {
    values.filter = *name == "median" ? Filter::median : Filter::average;
  }
  if (const auto window = section.integer("window")) values.window = static_cast<int>(*window);
  if (const auto decimals = section.integer("precision")) {
    values.precision = static_cast<std::uint32_t>(*decimals);
  }
  values.delta = section.number_value("delta");
  values.max_interval = section.duration("max_interval");
  values.ha_class = read_class(section, where, report);
  return values;
}

std::map<std::string, Processing> read_values(const Section& section, const std::string& where,
                                              Report& report) {
  std::map<std::string, Processing> values;
  const YamlNode* mapping = section.mapping("values");
  if (mapping == nullptr) return values;
  for (const auto& [name, settings] : mapping->members()) {
    const std::string value_where = fmt::format("value {} of {}", shown(name.text), where);
    if (!is_sensor_key(name.text)) {
      report.error(name.at, fmt::format("{} must be named by a-z, 0-9 and '_'", value_where));
    }
    if (settings.kind != YamlNode::Kind::mapping) {
      report.error(name.at, fmt::format("{} must be a mapping such as {{unit: Cel}}, not {}",
                                        value_where, describe(settings)));
      continue;
    }
    const Section one(settings, KeyScope::value, value_where, report);
    Processing processing = read_processing(one, value_where, report);
    if (says_number(processing)) processing.is_number = true;
    values.emplace(name.text, std::move(processing));
  }
  return values;
}

}  // namespace dsn::config
