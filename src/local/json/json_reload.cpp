// SPDX-License-Identifier: Apache-2.0
// ReloadReport <-> JSON.
#include "local/json/json_reader.hpp"
#include "local/json/json_messages.hpp"

namespace dsn::local {
JsonOut reload_to_json(const ReloadReport& report) {
  JsonOut sensors = JsonOut::object();
  sensors["added"] = report.sensors_added;
  sensors["removed"] = report.sensors_removed;
  sensors["changed"] = report.sensors_changed;
  sensors["unchanged"] = report.sensors_unchanged;
  JsonOut json = JsonOut::object();
  json["applied"] = report.applied;
  json["sensors"] = std::move(sensors);
  json["changed"] = report.changed;
  json["next_start"] = report.next_start;
  json["errors"] = report.errors;
  json["warnings"] = report.warnings;
  return json;
}

std::optional<ReloadReport> reload_from_json(const JsonIn& json) {
  JsonFields fields(json);
  ReloadReport report;
  report.applied = fields.boolean("applied");
  report.changed = fields.texts("changed");
  report.next_start = fields.texts("next_start");
  report.errors = fields.texts("errors");
  report.warnings = fields.texts("warnings");
  const JsonIn* sensors = fields.find("sensors");
  if (!fields.ok() || sensors == nullptr || !sensors->is_object()) return std::nullopt;
  JsonFields counts(*sensors);
  report.sensors_added = counts.uint32("added");
  report.sensors_removed = counts.uint32("removed");
  report.sensors_changed = counts.uint32("changed");
  report.sensors_unchanged = counts.uint32("unchanged");
  if (!counts.ok()) return std::nullopt;
  return report;
}

}  // namespace dsn::local
