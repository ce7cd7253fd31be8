// SPDX-License-Identifier: Apache-2.0
// ReloadReport <-> JSON.
#include <limits>

#include "local/json_fields.hpp"
#include "local/json_messages.hpp"

namespace dsn::local {
namespace {

constexpr auto kUint32Max = std::numeric_limits<std::uint32_t>::max();

std::vector<std::string> read_texts(JsonFields& fields, const char* name) {
  std::vector<std::string> texts;
  const JsonIn* list = fields.array(name);
  if (list == nullptr) return texts;
  for (const JsonIn& element : *list) {
    const auto* text = element.get_ptr<const std::string*>();
    if (text == nullptr) {
      fields.fail(std::string("'") + name + "' must be texts");
      return texts;
    }
    texts.push_back(*text);
  }
  return texts;
}

}  // namespace

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
  report.changed = read_texts(fields, "changed");
  report.next_start = read_texts(fields, "next_start");
  report.errors = read_texts(fields, "errors");
  report.warnings = read_texts(fields, "warnings");
  const JsonIn* sensors = fields.find("sensors");
  if (!fields.ok() || sensors == nullptr || !sensors->is_object()) return std::nullopt;
  JsonFields counts(*sensors);
  report.sensors_added = static_cast<std::uint32_t>(counts.uint("added", kUint32Max));
  report.sensors_removed = static_cast<std::uint32_t>(counts.uint("removed", kUint32Max));
  report.sensors_changed = static_cast<std::uint32_t>(counts.uint("changed", kUint32Max));
  report.sensors_unchanged = static_cast<std::uint32_t>(counts.uint("unchanged", kUint32Max));
  if (!counts.ok()) return std::nullopt;
  return report;
}

}  // namespace dsn::local
