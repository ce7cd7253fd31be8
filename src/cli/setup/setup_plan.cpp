// SPDX-License-Identifier: Apache-2.0
#include "cli/setup/setup_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string_view>

#include "cli/show/display_text.hpp"
#include "cli/show/value_text.hpp"
#include "config/library.hpp"
#include "config/load.hpp"
#include "local/json/json_text.hpp"
#include "sensor/catalogue.hpp"
#include "sensor/scan.hpp"

namespace dsn::cli {
namespace {

constexpr std::size_t kShownValues = 4;

/// Sensors that every Linux machine has, so that a new node has something to say.
struct Basic {
  std::string_view key;
  std::string_view settings;
};
constexpr std::array<Basic, 2> kBasics = {{
    {"load", "{proc: load1}"},
    {"memory/available", "{proc: mem_available, every: 30s}"},
}};

/// Text as a value within braces, in quotes if it needs any.
std::string yaml_text(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-@/";
  constexpr std::array<std::string_view, 7> kWords = {"null", "true", "false", "yes",
                                                      "no",   "on",   "off"};
  const auto is_word = [&text](std::string_view word) {
    return std::ranges::equal(text, word, [](char a, char b) { return (a | 0x20) == b; });
  };
  if (std::ranges::any_of(kWords, is_word)) return local::value_json(Value::text(text));
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string::npos &&
                     text.front() != '-' && text.front() != '@' && text.front() != '.';
  return plain ? text : local::value_json(Value::text(text));
}

std::string option(const std::map<std::string, std::string>& options, std::string_view name) {
  const auto found = options.find(std::string(name));
  return found != options.end() ? found->second : "";
}

/// Kernels count in thousandths of a degree, and a preset rounds.
bool is_temperature(const sensor::FoundSensor& found) {
  return found.value.ok() && found.value->size() == 1 && found.value->front().unit == "Cel";
}

std::string settings_of(const sensor::FoundSensor& found, const std::string& preset) {
  const std::string_view main = sensor::find_driver(found.driver)->short_form;
  std::string text = fmt::format("{{{}: {}", found.driver, yaml_text(option(found.options, main)));
  for (const auto& [name, value] : found.options) {
    if (name != main) text += fmt::format(", {}: {}", name, yaml_text(value));
  }
  if (!preset.empty()) return text + ", preset: " + preset + "}";
  return text + (is_temperature(found) ? ", precision: 1}" : "}");
}

Result<config::SensorConfig> checked(const std::string& key, const std::string& settings) {
  auto loaded = config::load_text(fmt::format("sensors:\n  {}: {}\n", key, settings), "agent.yaml");
  if (!loaded.errors.empty()) return Error{loaded.errors.front().message};
  return std::move(loaded.config.sensors.front());
}

std::string show(const Result<sensor::Measurements>& value, const config::SensorConfig& config) {
  if (!value) return printable(value.error());
  std::string text;
  for (std::size_t i = 0; i < std::min(value->size(), kShownValues); ++i) {
    const sensor::Measurement& measured = (*value)[i];
    const auto precision = config.processing_of(measured.suffix).precision;
    text += (text.empty() ? "" : ", ") + show_value(measured.value, measured.unit, precision).text;
  }
  return text + (value->size() > kShownValues ? ", \u2026" : "");
}

/// Neither the key itself nor what several values would make of it.
bool clash(const std::string& a, const std::string& b) {
  return a == b || a.starts_with(b + "/") || b.starts_with(a + "/");
}

std::string board_title(const std::string& board) {
  config::Report report("");
  config::Library boards("boards", std::nullopt, report);
  const config::Library::LibraryFile* entry = boards.find(board);
  if (entry == nullptr || !entry->root) return board;
  const config::YamlNode* description = entry->root->find("description");
  return description != nullptr ? description->text : board;
}

/// A key that nothing else has: `room2/temperature` if `room/temperature` is taken.
std::string free_key(const std::string& wanted, const Surroundings& around) {
  const std::size_t slash = std::min(wanted.find('/'), wanted.size());
  const auto is_taken = [&](const std::string& key) {
    const auto is_other = [&](const auto& other) { return clash(key, std::string(other)); };
    return std::ranges::any_of(kBasics, is_other, &Basic::key) ||
           std::ranges::any_of(around.board_keys, is_other) ||
           std::ranges::any_of(around.proposals, is_other, &Proposal::key);
  };
  std::string key = wanted;
  for (int number = 2; is_taken(key); ++number) {
    key = wanted.substr(0, slash) + std::to_string(number) + wanted.substr(slash);
  }
  return key;
}

void propose(const sensor::FoundSensor& found, Surroundings& around) {
  Proposal proposal;
  proposal.key = free_key(found.key, around);
  proposal.title = printable(found.title);
  proposal.answered = proposal.enabled = found.value.ok();
  // The preset that the scan suggests may be no more than the name of the chip.
  for (const std::string& preset : {found.preset, std::string()}) {
    proposal.settings = settings_of(found, preset);
    const auto config = checked(proposal.key, proposal.settings);
    if (!config) continue;
    proposal.shown = show(found.value, *config);
    around.proposals.push_back(std::move(proposal));
    return;
  }
}

/// A line of `sensors`, with what is to be known of it behind.
struct Line {
  bool enabled = true;
  std::string key;
  std::string settings;
  std::string remark;
};

void append_lines(std::string& text, const std::vector<Line>& lines) {
  std::size_t keys = 0;
  std::size_t settings = 0;
  for (const Line& line : lines) {
    keys = std::max(keys, line.key.size() + (line.enabled ? 1 : 3));
    settings = std::max(settings, line.settings.size());
  }
  for (const Line& line : lines) {
    const std::string key = (line.enabled ? "" : "# ") + line.key + ":";
    text += fmt::format("  {:{}} ", key, keys);
    text += line.remark.empty() ? line.settings
                                : fmt::format("{:{}}  # {}", line.settings, settings, line.remark);
    text += "\n";
  }
}

std::string sensor_text(const Surroundings& found) {
  std::string text =
      "# What this node measures, and the key under which all others read it.\nsensors:\n";
  std::vector<Line> lines;
  for (const Basic& basic : kBasics) {
    lines.push_back({true, std::string(basic.key), std::string(basic.settings), ""});
  }
  for (const Proposal& proposal : found.proposals) {
    const std::string remark = proposal.answered ? proposal.shown + " when it was found"
                                                 : "could not be read: " + proposal.shown;
    lines.push_back({proposal.enabled, proposal.key, proposal.settings, remark});
  }
  append_lines(text, lines);
  text += "\n  # Contacts, counters and programs are not found by looking:\n";
  const bool pins = !found.board.empty();
  append_lines(
      text,
      {{false, "door", pins ? "{gpio: pin11, preset: reed}" : "{gpio: GPIO17, preset: reed}", ""},
       {false, "ups/load", "{exec: [/usr/local/bin/ups-load], unit: \"%\", every: 1m}", ""}});
  return text;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

namespace {

/// Proposes what none of the sensors measures.
void propose_others(const std::vector<config::SensorConfig>& known, const std::string& system_root,
                    Surroundings& around) {
  for (const config::SensorConfig& sensor : known) around.board_keys.push_back(sensor.key);
  for (const sensor::FoundSensor& found : sensor::scan(system_root)) {
    const auto is_this = [&](const config::SensorConfig& one) {
      return sensor::is_found({one.driver, one.options, {}}, found);
    };
    if (std::ranges::none_of(known, is_this)) propose(found, around);
  }
}

}  // namespace

Surroundings look_around(const std::string& system_root) {
  Surroundings around;
  const config::LoadResult board = config::load_text("board: auto\n", "agent.yaml", system_root);
  if (board.config.board != "generic-linux") around.board = board.config.board;
  around.board_title = board_title(around.board);
  propose_others(board.config.sensors, system_root, around);
  return around;
}

Surroundings look_beside(const config::Config& config, const std::string& system_root) {
  Surroundings around;
  propose_others(config.sensors, system_root, around);
  return around;
}

std::string addition_text(const Surroundings& found) {
  std::vector<Line> lines;
  for (const Proposal& proposal : found.proposals) {
    if (!proposal.enabled) continue;
    lines.push_back({true, proposal.key, proposal.settings, proposal.shown + " when it was found"});
  }
  std::string text = "# Sensors that were found by 'dsn init --add'.\nsensors:\n";
  append_lines(text, lines);
  return text;
}

std::string key_text(const SetupPlan& plan) {
  return "# The key that all nodes of the network share: a secret.\naes_key_file: " +
         yaml_text(plan.key_file) + "\n";
}

std::string configuration_text(const SetupPlan& plan) {
  std::string text = fmt::format(
      "# yaml-language-server: $schema=/usr/share/doc/dsn/agent.schema.json\n"
      "# Configuration of dsn-agent; 'man dsn-agent.yaml' explains every key.\n"
      "# After a change: 'dsn check', then 'dsn reload'.\n"
      "\n"
      "# The name of this node; all of a network differ.\n"
      "node_id: {}\n"
      "\n"
      "{}"
      "\n"
      "# Nodes find each other by multicast. Where that does not pass, name one that is always "
      "there.\n"
      "# bootstrap_nodes: [{{address: coordinator.local, port: 17373}}]\n"
      "\n",
      plan.node_id, key_text(plan));
  if (!plan.found.board.empty()) {
    text += fmt::format("# {}.\n# Its own sensors need no line below: {}.\nboard: auto\n\n",
                        plan.found.board_title, joined(plan.found.board_keys));
  }
  return text + sensor_text(plan.found) +
         "\n# What is done when something happens on any node.\n"
         "# hooks:\n"
         "#   lost: {on_gone: {node: \"*\"}, run: [/usr/local/bin/notify, lost]}\n";
}

std::string objection(const SetupPlan& plan, const Proposal& proposal, const std::string& key) {
  const auto config = checked(yaml_text(key), proposal.settings);
  if (!config) return config.error();
  for (const Basic& basic : kBasics) {
    if (clash(key, std::string(basic.key))) return fmt::format("'{}' is taken", basic.key);
  }
  for (const std::string& other : plan.found.board_keys) {
    if (clash(key, other)) {
      return fmt::format("{} has '{}' already",
                         plan.found.board.empty() ? "the configuration" : "the board", other);
    }
  }
  for (const Proposal& other : plan.found.proposals) {
    if (&other != &proposal && other.enabled && clash(key, other.key)) {
      return fmt::format("{} has '{}' already", other.title, other.key);
    }
  }
  return "";
}

}  // namespace dsn::cli
