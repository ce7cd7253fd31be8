// SPDX-License-Identifier: Apache-2.0
#include "config/database_settings.hpp"

#include <fmt/format.h>

#include "base/key_name.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"

namespace dsn::config {
namespace {

void read_database(const YamlNode& name, const YamlNode& value,
                   std::vector<DatabaseConfig>& databases, Report& report) {
  const std::string where = fmt::format("database {}", shown(name.text));
  const bool is_part = name.text.find('/') == std::string::npos && is_key_name(name.text + "/k");
  if (!is_part) {
    report.error(name.at, fmt::format("{} must be named by the part of its keys before the first "
                                      "'/'",
                                      where));
  }
  if (value.kind != YamlNode::Kind::mapping) {
    report.error(name.at,
                 fmt::format("{} must be a mapping such as {{replicate: on_demand, expire: "
                             "1h}}, not {}",
                             where, describe(value)));
    return;
  }
  const Section section(value, KeyScope::database, where, report);
  DatabaseConfig database;
  database.name = name.text;
  database.max_age = section.duration("max_age");
  database.on_demand = section.choice("replicate") == "on_demand";
  database.expire = section.duration("expire");
  databases.push_back(std::move(database));
}

}  // namespace

std::vector<DatabaseConfig> read_databases(const YamlNode& databases, Report& report) {
  std::vector<DatabaseConfig> result;
  for (const auto& [name, value] : databases.members()) {
    read_database(name, value, result, report);
  }
  return result;
}

}  // namespace dsn::config
