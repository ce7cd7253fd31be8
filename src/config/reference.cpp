// SPDX-License-Identifier: Apache-2.0
#include "config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/duration.hpp"
#include "base/key_name.hpp"
#include "config/default_file.hpp"
#include "config/embedded.hpp"
#include "config/library.hpp"
#include "config/units.hpp"

namespace dsn::config {
namespace {

struct ScopeTitle {
  KeyScope scope;
  std::string_view name;
  std::string_view title;
};

// In the order of the manual page; the drivers' options follow.
constexpr ScopeTitle kTitles[] = {
    {KeyScope::agent, "agent", "Keys of the file"},
    {KeyScope::bootstrap_node, "bootstrap_node", "Keys of a bootstrap node"},
    {KeyScope::sensor, "sensor", "Keys of a sensor"},
    {KeyScope::value, "value", "Keys of a sensor, or of one of its values"},
    {KeyScope::hook, "hook", "Keys of a hook"},
    {KeyScope::on_change, "on_change", "Keys of on_change"},
    {KeyScope::on_late, "on_late", "Keys of on_late"},
    {KeyScope::on_gone, "on_gone", "Keys of the conditions about nodes alone"},
    {KeyScope::on_back, "on_back", "Keys of on_back"},
    {KeyScope::on_message, "on_message", "Keys of on_message"},
    {KeyScope::command, "command", "Keys of a command"},
    {KeyScope::database, "database", "Keys of a database"},
    {KeyScope::web, "web", "Keys of web.yaml"},
    {KeyScope::record, "record", "Keys of record.yaml"},
    {KeyScope::mqtt, "mqtt", "Keys of mqtt.yaml"},
    {KeyScope::mqtt_command, "mqtt_command", "Keys of a command of mqtt.yaml"},
    {KeyScope::preset, "preset", "Keys of a preset, besides those of a sensor"},
    {KeyScope::board, "board", "Keys of a board"},
    {KeyScope::board_gpio, "board_gpio", "Keys of a board's gpio"},
    {KeyScope::board_bus, "board_bus", "Keys of a board's bus"},
};

/// The driver whose options the scope holds.
const DriverInfo* driver_of(KeyScope scope) {
  const auto found = std::ranges::find(driver_table(), scope, &DriverInfo::scope);
  return found == driver_table().end() ? nullptr : &*found;
}

/// Every scope that has keys, once, in the order of the table.
std::vector<KeyScope> all_scopes() {
  std::vector<KeyScope> scopes;
  for (const KeyInfo& key : key_table()) {
    if (std::ranges::find(scopes, key.scope) == scopes.end()) scopes.push_back(key.scope);
  }
  return scopes;
}

std::string json_text(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string reference_to(KeyScope scope) {
  return fmt::format(R"({{"$ref": "#/definitions/{}"}})", scope_name(scope));
}

/// What the elements of a list, or the members of a mapping, are; empty for anything.
std::string element_schema(const KeyInfo& key) {
  if (key.name == "sensors") return reference_to(KeyScope::sensor);
  if (key.name == "values") return reference_to(KeyScope::value);
  if (key.name == "hooks") return reference_to(KeyScope::hook);
  if (key.name == "buses") return reference_to(KeyScope::board_bus);
  if (key.name == "bootstrap_nodes") {
    return fmt::format(R"({{"anyOf": [{{"type": "string"}}, {}]}})",
                       reference_to(KeyScope::bootstrap_node));
  }
  return key.type == KeyType::list ? R"({"type": ["string", "number"]})" : "";
}

std::string mapping_schema(const KeyInfo& key) {
  if (key.scope == KeyScope::board && key.name == "gpio") {
    return fmt::format(R"("allOf": [{}])", reference_to(KeyScope::board_gpio));
  }
  if (key.scope == KeyScope::hook) {
    return fmt::format(R"("allOf": [{{"$ref": "#/definitions/{}"}}])", key.name);
  }
  std::string text = fmt::format(R"("type": ["object", "null"], "maxProperties": {})", key.max);
  if (key.name == "sensors" || key.name == "values") {
    text += fmt::format(R"(, "propertyNames": {{"pattern": "{}"}})", kSensorKeyPattern);
  }
  if (const std::string members = element_schema(key); !members.empty()) {
    text += ", \"additionalProperties\": " + members;
  }
  return text;
}

constexpr char kCommand[] =
    R"("type": ["string", "array"], "items": {"type": ["string", "number", "boolean"]})";

std::string driver_schema(const KeyInfo& key) {
  const DriverInfo* driver = find_driver(key.name);
  if (driver->runs_program()) return kCommand;
  // Nothing stands there in a preset that leaves the device to the sensor.
  return fmt::format(R"("anyOf": [{{"type": ["string", "number", "null"]}}, {}])",
                     reference_to(driver->scope));
}

/// Names of what is built in, as a hint for editors.
std::string examples(std::string_view kind) {
  std::string names;
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.kind == kind) names += (names.empty() ? "" : ", ") + json_text(file.name);
  }
  return names;
}

std::string choices(std::string_view words) {
  std::string names;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    names += (names.empty() ? "" : ", ") + json_text(word);
    words.remove_prefix(std::min(words.size(), word.size() + 1));
  }
  return names;
}

std::string units() {
  std::string names = "\"\"";
  for (const std::string_view unit : known_units()) names += ", " + json_text(unit);
  return names;
}

std::string value_schema(const KeyInfo& key) {
  switch (key.type) {
    case KeyType::text:
      if (key.scope == KeyScope::value && key.name == "unit") {
        return fmt::format(R"("enum": [{}])", units());
      }
      if (key.name == "aes_key" || key.name == "aes_key_next")
        return R"("type": "string", "pattern": "^[0-9a-fA-F]{32}$")";
      if (key.scope != KeyScope::board && (key.name == "preset" || key.name == "board")) {
        return fmt::format(R"("type": "string", "examples": [{}])",
                           examples(key.name == "preset" ? "presets" : "boards"));
      }
      [[fallthrough]];
    case KeyType::path:
      // A text that looks like a number is one to an editor.
      return fmt::format(R"("type": ["string", "number"], "minLength": {}, "maxLength": {})",
                         key.min, key.max);
    case KeyType::boolean:
      return R"("type": "boolean")";
    case KeyType::integer:
      return fmt::format(R"("type": "integer", "minimum": {}, "maximum": {})", key.min, key.max);
    case KeyType::number:
      return key.min == key.max ? R"("type": "number")"
                                : fmt::format(R"("type": "number", "minimum": {})", key.min);
    case KeyType::factor:
      return R"("type": "number", "not": {"const": 0})";
    case KeyType::duration:
      return fmt::format(R"("type": "string", "pattern": "{}")", kDurationPattern);
    case KeyType::choice:
      return fmt::format(R"("enum": [{}])", choices(key.choices));
    case KeyType::list:
      return fmt::format(R"("type": ["array", "null"], "maxItems": {}, "items": {})", key.max,
                         element_schema(key));
    case KeyType::mapping:
      return mapping_schema(key);
    case KeyType::driver:
      return driver_schema(key);
    case KeyType::command:
      return kCommand;
  }
  return "";
}

std::string properties(KeyScope scope, const std::string& indent) {
  std::vector<KeyScope> scopes = scopes_in(scope);
  if (std::ranges::find(scopes, KeyScope::sensor) != scopes.end()) {
    // Options may stand beside the short form of a driver.
    for (const KeyScope other : all_scopes()) {
      if (driver_of(other) != nullptr) scopes.push_back(other);
    }
  }
  std::string text;
  std::vector<std::string_view> seen;
  for (const KeyScope part : scopes) {
    for (const DocumentedKey& key : documented_keys()) {
      if (key.scope != part || std::ranges::find(seen, key.name) != seen.end()) continue;
      seen.push_back(key.name);
      text += fmt::format("{}{}  {}: {{\"description\": {}, {}}}", text.empty() ? "" : ",\n",
                          indent, json_text(key.name),
                          json_text(fmt::format("{} Default: {}.", key.sentence, key.default_text)),
                          value_schema(key));
    }
  }
  return text;
}

std::string object_schema(KeyScope scope, const std::string& indent) {
  return fmt::format(
      "{0}\"type\": \"object\",\n{0}\"additionalProperties\": false,\n"
      "{0}\"properties\": {{\n{1}\n{0}}}",
      indent, properties(scope, indent));
}

/// Markdown's `code` in bold; what roff would take for its own is escaped.
std::string roff(std::string_view text) {
  std::string result;
  bool bold = false;
  for (const char c : text) {
    if (c == '`') {
      result += bold ? "\\fP" : "\\fB";
      bold = !bold;
    } else if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result.starts_with('.') || result.starts_with('\'') ? "\\&" + result : result;
}

std::string roff_keys(KeyScope scope) {
  std::string text;
  for (const DocumentedKey& key : documented_keys()) {
    if (key.scope != scope) continue;
    text += fmt::format(".TP\n.B {}\n{}\n.br\n{}: {}. Default: {}.\n", roff(key.name),
                        roff(key.sentence), to_string(key.type), roff(range_text(key)),
                        roff(key.default_text));
  }
  return text;
}

constexpr char kManHead[] =
    ".\\\" Made from the table of keys; do not edit.\n"
    ".TH DSN\\-AGENT.YAML 5 \"\" \"dsn\" \"File formats\"\n"
    ".SH NAME\n"
    "dsn\\-agent.yaml \\- configuration of a node of the distributed state network\n"
    ".SH SYNOPSIS\n"
    ".I {}\n"
    ".br\n"
    ".I /etc/dsn/conf.d/*.yaml\n"
    ".SH DESCRIPTION\n"
    "The agent reads a YAML file in which every key has a default. The files of\n"
    ".I conf.d\n"
    "beside it join it in the order of their names: mappings and lists are put together, anything\n"
    "else is given once.\n"
    ".B dsn check\n"
    "says what is wrong, with file, line and column, and reads each sensor once.\n"
    ".PP\n"
    "Durations are whole numbers with a unit, or several of them: 500ms, 30s, 1m30s, 2h, 7d. "
    "Numbers\n"
    "are decimal.\n";

constexpr char kManTail[] =
    ".SH EXAMPLE\n"
    ".nf\n"
    "node_id: attic\n"
    "board: auto\n"
    "sensors:\n"
    "  load: {proc: load1, every: 5s}\n"
    "  ups/load: {exec: [/usr/local/bin/ups\\-load], unit: \"%\", every: 60s}\n"
    ".fi\n"
    ".SH FILES\n"
    ".TP\n"
    ".I /etc/dsn/presets/NAME.yaml\n"
    "A preset, which comes before a built\\-in one of that name.\n"
    ".TP\n"
    ".I /etc/dsn/boards/NAME.yaml\n"
    "A board, likewise.\n"
    ".SH SEE ALSO\n"
    ".BR dsn\\-agent (8),\n"
    ".BR dsn (1)\n";

}  // namespace

std::string scope_name(KeyScope scope) {
  const auto known = std::ranges::find(kTitles, scope, &ScopeTitle::scope);
  if (known != std::end(kTitles)) return std::string(known->name);
  const DriverInfo* driver = driver_of(scope);
  return driver != nullptr ? std::string(driver->name) : "other";
}

std::string markdown_table(KeyScope scope) {
  std::string text = "| Key | Type | Range | Default | Meaning |\n|---|---|---|---|---|\n";
  for (const DocumentedKey& key : documented_keys()) {
    if (key.scope != scope) continue;
    text += fmt::format("| `{}` | {} | {} | {} | {} |\n", key.name, to_string(key.type),
                        range_text(key), key.default_text, key.sentence);
  }
  return text;
}

std::string markdown_list(std::string_view kind) {
  const bool presets = kind == "presets";
  std::string text =
      presets ? "| Preset | For | Example |\n|---|---|---|\n" : "| Board | For |\n|---|---|\n";
  Report report("");
  Library library(std::string(kind), std::nullopt, report);
  for (const std::string& name : library.names()) {
    const auto& root = library.find(name)->root;
    if (!root) continue;
    const auto value = [&root](std::string_view key) -> std::string_view {
      const YamlNode* found = root->find(key);
      return found != nullptr ? std::string_view(found->text) : std::string_view();
    };
    text += fmt::format("| `{}` | {} |", name, value("description"));
    if (presets) text += fmt::format(" `{}` |", value("example"));
    text += '\n';
  }
  return text;
}

std::string json_schema() {
  std::string definitions;
  for (const KeyScope scope : all_scopes()) {
    if (scope == KeyScope::agent) continue;
    definitions += fmt::format("{}    \"{}\": {{\n{}\n    }}", definitions.empty() ? "" : ",\n",
                               scope_name(scope), object_schema(scope, "      "));
  }
  return fmt::format(
      "{{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"
      "  \"title\": \"Configuration of dsn-agent\",\n{},\n  \"definitions\": {{\n{}\n  }}\n}}\n",
      object_schema(KeyScope::agent, "  "), definitions);
}

std::string man_page() {
  std::string text = fmt::format(kManHead, kDefaultFile);
  for (const ScopeTitle& title : kTitles) {
    text += fmt::format(".SH {}\n", roff(title.title)) + roff_keys(title.scope);
  }
  for (const KeyScope scope : all_scopes()) {
    const DriverInfo* driver = driver_of(scope);
    if (driver == nullptr) continue;
    text += fmt::format(".SH Options of {}\n", driver->name);
    text += fmt::format(
        "They stand in the mapping of the driver, or beside its short form "
        "(\\fB{}: {}\\fP).\n",
        driver->name, roff(driver->short_form));
    text += roff_keys(scope);
  }
  return text + kManTail;
}

}  // namespace dsn::config
