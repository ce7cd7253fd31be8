// SPDX-License-Identifier: Apache-2.0
#include "config/mqtt_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/key_name.hpp"
#include "base/message_name.hpp"
#include "base/node_name.hpp"
#include "config/document.hpp"
#include "config/patterns.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

constexpr std::uint16_t kTlsPort = 8883;
constexpr char kNodeNameRule[] = "a-z, 0-9, '-' and '_', the last two not at an end";

void read_text(const Section& section, std::string_view name, std::string& into) {
  if (const auto text = section.text(name)) into = *text;
}

void read_path(const Section& section, std::string_view name, const MqttConfig& config,
               std::string& into) {
  if (const auto path = section.text(name)) into = resolved(config.file, *path);
}

void read_tls(const Section& section, MqttConfig& config, Report& report) {
  read_path(section, "ca_file", config, config.ca_file);
  read_path(section, "certificate_file", config, config.certificate_file);
  read_path(section, "key_file", config, config.key_file);
  config.tls = section.boolean("tls").value_or(section.has("ca_file"));
  if (section.has("certificate_file") != section.has("key_file")) {
    const char* given = section.has("key_file") ? "key_file" : "certificate_file";
    report.error(section.key_mark(given),
                 "'certificate_file' and 'key_file' belong together: give both, or none");
  }
  for (const char* name : {"ca_file", "certificate_file"}) {
    if (section.has(name) && !config.tls) {
      report.error(section.key_mark("tls"), fmt::format("'{}' needs TLS: set tls: true", name));
    }
  }
}

bool is_this_machine(const std::string& broker) {
  return broker == "localhost" || broker == "::1" || broker.starts_with("127.");
}

void read_broker(const Section& section, MqttConfig& config, Report& report) {
  read_text(section, "broker", config.broker);
  read_text(section, "user", config.user);
  read_text(section, "client_id", config.client_id);
  read_path(section, "password_file", config, config.password_file);
  read_tls(section, config, report);
  if (config.tls) config.port = kTlsPort;
  if (const auto port = section.integer("port")) config.port = static_cast<std::uint16_t>(*port);
  if (!section.has("password_file")) return;
  if (!section.has("user")) {
    report.error(section.key_mark("password_file"), "a password needs a name: set 'user' too");
  }
  if (!config.tls && !is_this_machine(config.broker)) {
    report.warning(section.key_mark("password_file"),
                   "the password goes over the network for everybody to read: set 'tls' or "
                   "'ca_file'");
  }
}

void read_topics(const Section& section, MqttConfig& config, Report& report) {
  read_text(section, "prefix", config.prefix);
  if (!is_node_name(config.prefix)) {
    report.error(section.value_mark("prefix"), fmt::format("'prefix' must be of {}, not {}",
                                                           kNodeNameRule, shown(config.prefix)));
  }
  read_text(section, "discovery", config.discovery);
  if (config.discovery.find_first_of("+#") != std::string::npos || !is_key_name(config.discovery)) {
    report.error(section.value_mark("discovery"),
                 fmt::format("'discovery' must be a topic without '+' and '#', or none, not {}",
                             shown(config.discovery)));
  }
  if (config.discovery == "none") config.discovery.clear();
}

void read_payloads(const Section& section, const std::string& where, MqttCommand& command,
                   Report& report) {
  read_text(section, "press", command.press);
  read_text(section, "on", command.on);
  read_text(section, "off", command.off);
  command.is_switch = section.has("on") || section.has("off");
  if (section.has("on") != section.has("off")) {
    const char* given = section.has("on") ? "on" : "off";
    report.error(section.key_mark(given),
                 fmt::format("{} has one of 'on' and 'off': a switch has both", where));
  }
  if (command.is_switch && section.has("press")) {
    report.error(section.key_mark("press"),
                 fmt::format("{} has 'press' beside 'on' and 'off': make two commands", where));
  }
  if (section.has("state") && !command.is_switch) {
    report.error(section.key_mark("state"),
                 fmt::format("{} is a button, which has no 'state'", where));
  }
}

void read_command(const YamlNode& name, const YamlNode& value, MqttConfig& config, Report& report) {
  const std::string where = fmt::format("command {}", shown(name.text));
  if (!is_node_name(name.text)) {
    report.error(name.at, fmt::format("{} must have a name of {}", where, kNodeNameRule));
  }
  if (value.kind != YamlNode::Kind::mapping) {
    report.error(name.at, fmt::format("{} must be a mapping such as {{node: attic}}, not {}", where,
                                      describe(value)));
    return;
  }
  const Section section(value, KeyScope::mqtt_command, where, report);
  MqttCommand command;
  command.name = command.message = name.text;
  read_text(section, "node", command.node);
  read_text(section, "message", command.message);
  read_text(section, "state", command.state);
  read_payloads(section, where, command, report);
  command.ask = section.boolean("ask").value_or(false);
  command.timeout = section.duration("timeout").value_or(command.timeout);
  if (!is_node_name(command.node)) {
    report.error(section.has("node") ? section.value_mark("node") : name.at,
                 fmt::format("{} needs the name of a node, as in {{node: attic}}", where));
  }
  if (!is_message_name(command.message)) {
    report.error(section.value_mark("message"),
                 fmt::format("{} is no name of a message", shown(command.message)));
  }
  config.commands.push_back(std::move(command));
}

void read_site(const YamlNode& name, const YamlNode& patterns, MqttConfig& config, Report& report) {
  if (!is_node_name(name.text)) {
    report.error(name.at, fmt::format("a site is named by its prefix, of {}, not {}", kNodeNameRule,
                                      shown(name.text)));
  } else if (name.text == config.prefix) {
    report.error(name.at, fmt::format("'{}' is the prefix of this site: name others", name.text));
  }
  if (patterns.kind != YamlNode::Kind::list) {
    report.error(name.at, fmt::format("site {} must have a list of patterns, such as ['*'], not {}",
                                      shown(name.text), describe(patterns)));
    return;
  }
  config.bridge[name.text] = read_reading_patterns(patterns, report);
}

void read_all(const Section& section, MqttConfig& config, Report& report) {
  read_broker(section, config, report);
  read_topics(section, config, report);
  if (const YamlNode* patterns = section.list("readings")) {
    config.readings = read_reading_patterns(*patterns, report);
  }
  config.settle = section.duration("settle").value_or(config.settle);
  if (const YamlNode* commands = section.mapping("commands")) {
    for (const auto& [name, value] : commands->members()) {
      read_command(name, value, config, report);
    }
  }
  if (const YamlNode* sites = section.mapping("bridge")) {
    for (const auto& [name, value] : sites->members()) read_site(name, value, config, report);
  }
}

}  // namespace

LoadedMqtt load_mqtt(const std::string& path) {
  LoadedMqtt result;
  MqttConfig& config = result.config;
  config.file = path;
  result.findings = read_module_file(
      path, kDefaultMqttFile, KeyScope::mqtt,
      [&config](const Section& section, Report& report) { read_all(section, config, report); });
  return result;
}

}  // namespace dsn::config
