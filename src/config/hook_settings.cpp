// SPDX-License-Identifier: Apache-2.0
#include "config/hook_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/key_name.hpp"
#include "base/message_name.hpp"
#include "base/node_name.hpp"
#include "config/program.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"

namespace dsn::config {
namespace {

struct HookKind {
  std::string_view name;
  HookConfig::Event event;
  KeyScope scope;
};

constexpr HookKind kKinds[] = {
    {"on_change", HookConfig::Event::change, KeyScope::on_change},
    {"on_late", HookConfig::Event::late, KeyScope::on_late},
    {"on_gone", HookConfig::Event::gone, KeyScope::on_gone},
    {"on_asleep", HookConfig::Event::asleep, KeyScope::on_gone},
    {"on_back", HookConfig::Event::back, KeyScope::on_back},
    {"on_joined", HookConfig::Event::joined, KeyScope::on_gone},
    {"on_restarting", HookConfig::Event::restarting, KeyScope::on_gone},
    {"on_left", HookConfig::Event::left, KeyScope::on_gone},
    {"on_conflict", HookConfig::Event::conflict, KeyScope::on_gone},
    {"on_clone", HookConfig::Event::clone, KeyScope::on_gone},
    {"on_message", HookConfig::Event::message, KeyScope::on_message},
};

bool is_hook_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 63 && std::ranges::all_of(name, fits);
}

bool is_node_pattern(const std::string& text) {
  if (!text.ends_with('*')) return is_node_name(text) || text.find('~') != std::string::npos;
  const std::string prefix = text.substr(0, text.size() - 1);
  return prefix.empty() || is_node_name(prefix) || is_node_name(prefix + 'x');
}

bool is_key_pattern(const std::string& text) {
  if (!text.ends_with('*')) return is_key_name(text);
  const std::string prefix = text.substr(0, text.size() - 1);
  return prefix.empty() || is_key_name(prefix) || is_key_name(prefix + 'x');
}

bool is_message_pattern(const std::string& text) {
  if (!text.ends_with('*')) return is_message_name(text);
  const std::string prefix = text.substr(0, text.size() - 1);
  return prefix.empty() || is_message_name(prefix) || is_message_name(prefix + 'x');
}

void read_pattern(const Section& section, const char* name, bool (*accepts)(const std::string&),
                  std::string& target, Report& report) {
  const auto text = section.text(name);
  if (!text) return;
  if (!accepts(*text)) {
    report.error(section.value_mark(name),
                 fmt::format("{} must be a {}, or the beginning of one with '*' behind it, not {}",
                             section.subject(name), name, shown(*text)));
  }
  target = *text;
}

void read_levels(const Section& section, HookConfig& hook, Report& report) {
  hook.above = section.number_value("above");
  hook.below = section.number_value("below");
  if (section.has("above") && section.has("below")) {
    report.error(
        section.key_mark("below"),
        fmt::format("{} and 'above' exclude each other: make two hooks", section.subject("below")));
  }
  if (const auto hysteresis = section.number_value("hysteresis")) {
    hook.hysteresis = *hysteresis;
    if (*hysteresis < 0) {
      report.error(section.value_mark("hysteresis"),
                   fmt::format("{} must be 0 or more", section.subject("hysteresis")));
    }
    if (!section.has("above") && !section.has("below")) {
      report.error(section.key_mark("hysteresis"),
                   fmt::format("{} needs 'above' or 'below'", section.subject("hysteresis")));
    }
  }
}

void read_condition(const Section& section, const HookKind& kind, const std::string& where,
                    HookConfig& hook, Report& report) {
  hook.event = kind.event;
  if (kind.event == HookConfig::Event::change) hook.key = "*";
  if (kind.event == HookConfig::Event::message) hook.message = "*";
  const YamlNode* value = section.value(kind.name);
  if (value->kind == YamlNode::Kind::null) return;  // every node
  if (value->kind != YamlNode::Kind::mapping) {
    report.error(section.value_mark(kind.name),
                 fmt::format("{} must be a mapping such as {{node: attic}}, not {}",
                             section.subject(kind.name), describe(*value)));
    return;
  }
  const Section condition(*value, kind.scope, fmt::format("'{}' of {}", kind.name, where), report);
  read_pattern(condition, "node", is_node_pattern, hook.nodes.front(), report);
  if (kind.event == HookConfig::Event::message) {
    read_pattern(condition, "name", is_message_pattern, hook.message, report);
  } else if (kind.scope != KeyScope::on_gone) {
    read_pattern(condition, "key", is_key_pattern, hook.key, report);
  }
  if (kind.event == HookConfig::Event::change) read_levels(condition, hook, report);
}

const HookKind* find_kind(const Section& section, const std::string& where, Mark at,
                          Report& report) {
  const HookKind* found = nullptr;
  for (const HookKind& kind : kKinds) {
    if (!section.has(kind.name)) continue;
    if (found != nullptr) {
      report.error(
          section.key_mark(kind.name),
          fmt::format("{} has both '{}' and '{}': make two hooks", where, found->name, kind.name));
      return nullptr;
    }
    found = &kind;
  }
  if (found == nullptr && !section.has_unknown_keys()) {
    std::string names;
    for (const HookKind& kind : kKinds) {
      names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    report.error(at, fmt::format("{} has no condition: give one of {}", where, names));
  }
  return found;
}

// Of what happens at one moment there is nothing that could last.
bool can_last(const HookConfig& hook) {
  using Event = HookConfig::Event;
  const bool is_moment =
      hook.event == Event::message || hook.event == Event::conflict || hook.event == Event::clone;
  return !is_moment && (hook.event != Event::change || hook.above || hook.below);
}

void read_lasting(const Section& section, HookConfig& hook, Report& report) {
  const auto lasting = section.duration("for");
  if (!lasting) return;
  hook.lasting = *lasting;
  if (can_last(hook)) return;
  report.error(section.key_mark("for"),
               fmt::format("{} needs a condition that lasts: on_change with 'above' or 'below', "
                           "on_late, on_gone, on_back, on_joined, on_left, on_restarting or "
                           "on_asleep",
                           section.subject("for")));
}

void read_action(const Section& section, const std::string& where, Mark at, HookConfig& hook,
                 Report& report) {
  if (section.has("run")) hook.command = read_program(section, "run", report);
  if (const auto path = section.text("write")) {
    hook.write = *path;
    if (!path->starts_with('/')) {
      report.error(section.value_mark("write"),
                   fmt::format("{} must be an absolute path, not {}", section.subject("write"),
                               shown(*path)));
    }
  }
  if (!section.has("run") && !section.has("write") && !section.has_unknown_keys()) {
    report.error(at, fmt::format("{} does nothing: give it 'run' or 'write'", where));
  }
  if (const auto format = section.text("format")) {
    hook.json = *format == "json";
    if (*format != "json" && *format != "value") {
      report.error(section.value_mark("format"),
                   fmt::format("{} must be value or json, not {}", section.subject("format"),
                               shown(*format)));
    }
  }
  if (const auto interval = section.duration("min_interval")) hook.min_interval = *interval;
  if (const auto timeout = section.duration("timeout")) hook.timeout = *timeout;
}

void read_hook(const YamlNode& name, const YamlNode& value, std::vector<HookConfig>& hooks,
               Report& report) {
  const std::string where = fmt::format("hook {}", shown(name.text));
  if (!is_hook_name(name.text)) {
    report.error(name.at,
                 fmt::format("{} must be named by 1 to 63 of a-z, 0-9, '_' and '-'", where));
  }
  if (value.kind != YamlNode::Kind::mapping) {
    report.error(name.at,
                 fmt::format("{} must be a mapping such as {{on_gone: {{node: attic}}, run: "
                             "/bin/program}}, not {}",
                             where, describe(value)));
    return;
  }
  HookConfig hook;
  hook.name = name.text;
  hook.position = report.position(name.at);
  const Section section(value, KeyScope::hook, where, report);
  if (const HookKind* kind = find_kind(section, where, name.at, report)) {
    read_condition(section, *kind, where, hook, report);
    read_lasting(section, hook, report);
  }
  read_action(section, where, name.at, hook, report);
  hooks.push_back(std::move(hook));
}

void read_senders(const Section& section, HookConfig& command, Report& report) {
  const YamlNode* nodes = section.list("from");
  if (nodes == nullptr || nodes->children.empty()) return;
  command.nodes.clear();
  for (const YamlNode& node : nodes->children) {
    if (node.kind != YamlNode::Kind::scalar || !is_node_pattern(node.text)) {
      report.error(node.at, fmt::format("an entry of {} must be the name or id of a node, or the "
                                        "beginning of one with '*' behind it, not {}",
                                        section.subject("from"),
                                        node.kind == YamlNode::Kind::scalar ? shown(node.text)
                                                                            : describe(node)));
    }
    command.nodes.push_back(node.text);
  }
}

void read_command(const YamlNode& name, const YamlNode& value, std::vector<HookConfig>& commands,
                  Report& report) {
  const std::string where = fmt::format("command {}", shown(name.text));
  if (!is_message_name(name.text)) {
    report.error(name.at, fmt::format("{} must be named by 1 to {} bytes of UTF-8, without control "
                                      "characters and without blanks at the ends",
                                      where, kMessageNameBytesMax));
  }
  if (value.kind != YamlNode::Kind::mapping) {
    report.error(name.at, fmt::format("{} must be a mapping such as {{run: [/bin/program, "
                                      "argument], from: [station]}}, not {}",
                                      where, describe(value)));
    return;
  }
  HookConfig command;
  command.name = command.message = name.text;
  command.event = HookConfig::Event::command;
  command.position = report.position(name.at);
  const Section section(value, KeyScope::command, where, report);
  if (section.has("run")) {
    command.command = read_program(section, "run", report);
  } else if (!section.has_unknown_keys()) {
    report.error(name.at, fmt::format("{} does nothing: give it 'run'", where));
  }
  read_senders(section, command, report);
  if (const auto timeout = section.duration("timeout")) command.timeout = *timeout;
  commands.push_back(std::move(command));
}

}  // namespace

std::vector<HookConfig> read_commands(const YamlNode& commands, Report& report) {
  std::vector<HookConfig> result;
  for (const auto& [name, value] : commands.members()) read_command(name, value, result, report);
  return result;
}

std::vector<HookConfig> read_hooks(const YamlNode& hooks, Report& report) {
  std::vector<HookConfig> result;
  for (const auto& [name, settings] : hooks.members()) read_hook(name, settings, result, report);
  return result;
}

}  // namespace dsn::config
