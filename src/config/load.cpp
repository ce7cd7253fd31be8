// SPDX-License-Identifier: Apache-2.0
#include "config/load.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>

#include "base/built.hpp"
#include "base/bytes.hpp"
#include "base/hide_keys.hpp"
#include "base/node_name.hpp"
#include "config/address.hpp"
#include "config/boards.hpp"
#include "config/config_file.hpp"
#include "config/database_settings.hpp"
#include "config/default_file.hpp"
#include "config/document.hpp"
#include "config/drop_ins.hpp"
#include "config/exposure.hpp"
#include "config/hook_settings.hpp"
#include "config/module_file.hpp"
#include "config/presets.hpp"
#include "config/report.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/sensor_settings.hpp"

namespace dsn::config {
namespace {

std::string default_node_id() {
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  if (gethostname(name.data(), name.size() - 1) != 0) return node_name_from("");
  return node_name_from(name.data());
}

void read_node_id(const Section& section, Config& config, Report& report) {
  const auto name = section.text("node_id");
  if (!name) return;
  // Names go to every node in the clear, and are shown.
  if (name->size() == 32 && from_hex(*name)) {
    report.error(section.value_mark("node_id"),
                 "'node_id' looks like the key of a network, which belongs into 'aes_key'");
  } else if (is_node_name(*name)) {
    config.node_id = *name;
  } else {
    report.error(section.value_mark("node_id"),
                 fmt::format("'node_id' must be 1 to 63 of a-z, 0-9, '-' and '_', the last two not "
                             "at an end, not {}; {} would do",
                             shown(*name), shown(node_name_from(*name))));
  }
}

/// The value of a key that is 32 digits; no message repeats any part of it.
std::optional<Secret<16>> read_secret(const Section& section, std::string_view name,
                                      Report& report) {
  const YamlNode* value = section.value(name);
  if (value == nullptr) return std::nullopt;
  const Mark at = section.value_mark(name);
  const std::string must_be = fmt::format("'{}' must be 32 hexadecimal digits", name);
  if (value->kind != YamlNode::Kind::scalar) {
    report.error(at, fmt::format("{}, not {}", must_be, describe(*value)));
    return std::nullopt;
  }
  if (value->text.size() != 32) {
    report.error(at, fmt::format("{}; its length is {}", must_be, value->text.size()));
    return std::nullopt;
  }
  auto bytes = from_hex(value->text);
  if (!bytes) {
    const std::size_t wrong = value->text.find_first_not_of("0123456789abcdefABCDEF");
    report.error(at,
                 fmt::format("{}; character {} is not a hexadecimal digit", must_be, wrong + 1));
    return std::nullopt;
  }
  std::optional<Secret<16>> secret;
  secret.emplace(std::span<const std::uint8_t, 16>(*bytes));
  zeroise(*bytes);
  return secret;
}

void read_network_keys(const Section& section, Config& config, Report& report) {
  if (section.has("aes_key") && section.has("aes_key_file")) {
    report.error(section.key_mark("aes_key_file"),
                 "'aes_key' and 'aes_key_file' exclude each other: keep the file");
  }
  if (const auto path = section.text("aes_key_file")) {
    if (path->find('/') == std::string::npos && looks_like_key(*path)) {
      report.error(section.value_mark("aes_key_file"),
                   "'aes_key_file' is the path of a file, and this looks like a key: put the key "
                   "into a file of its own, with 'dsn join' or an editor");
    }
    config.aes_key_file = resolved(config.file, *path);
  }
  config.aes_key = read_secret(section, "aes_key", report);
  config.aes_key_next = read_secret(section, "aes_key_next", report);
  if (section.has("aes_key_next") && !section.has("aes_key") && !section.has("aes_key_file")) {
    report.error(section.key_mark("aes_key_next"),
                 "'aes_key_next' is a second key, beside 'aes_key' or 'aes_key_file', and there is "
                 "neither");
  }
  if (config.aes_key_next && config.aes_key &&
      std::ranges::equal(config.aes_key->view(), config.aes_key_next->view())) {
    report.error(section.key_mark("aes_key_next"), "'aes_key_next' is the same as 'aes_key'");
  }
}

/// Whether a key of the configuration has a secret as its value.
bool has_secret(const YamlNode& root) {
  return root.find("aes_key") != nullptr || root.find("aes_key_next") != nullptr;
}

std::optional<BootstrapConfig> read_bootstrap_node(const YamlNode& node, std::size_t number,
                                                   Report& report) {
  const std::string where = fmt::format("bootstrap node {}", number);
  if (node.kind == YamlNode::Kind::scalar) {
    auto parsed = parse_bootstrap_node(node.text);
    if (parsed) return std::move(*parsed);
    report.error(node.at, fmt::format("{}: {}", where, parsed.error()));
    return std::nullopt;
  }
  if (node.kind != YamlNode::Kind::mapping) {
    report.error(node.at, fmt::format("{} must be text or {{address: ..., port: ...}}, not {}",
                                      where, describe(node)));
    return std::nullopt;
  }
  const Section section(node, KeyScope::bootstrap_node, where, report);
  const auto port = section.integer("port");
  const auto address = section.text("address");
  if (!section.has("address") && !section.has_unknown_keys()) {
    report.error(node.at, fmt::format("'address' is missing in {}", where));
  }
  if (!address) return std::nullopt;
  if (const auto checked = check_remote_address(*address); !checked) {
    report.error(section.value_mark("address"), fmt::format("{}: {}", where, checked.error()));
    return std::nullopt;
  }
  return BootstrapConfig{*address, port ? static_cast<std::uint16_t>(*port) : kDefaultPort};
}

void read_network(const Section& section, Config& config, Report& report) {
  if (const auto port = section.integer("port")) config.port = static_cast<std::uint16_t>(*port);
  if (const auto address = section.text("network_ip")) {
    const auto checked = check_local_address(*address);
    if (!checked) {
      report.error(section.value_mark("network_ip"),
                   fmt::format("'network_ip': {}", checked.error()));
    }
    config.network_ip = *address;
  }
  if (const auto multicast = section.boolean("multicast")) config.multicast = *multicast;
  config.mail_rate = section.integer("mail_rate");
  config.observer = section.choice("role") == "observer";
  config.sleep = section.duration("sleep");
  if (const YamlNode* nodes = section.list("bootstrap_nodes")) {
    for (const YamlNode& node : nodes->children) {
      auto parsed = read_bootstrap_node(node, config.bootstrap_nodes.size() + 1, report);
      config.bootstrap_nodes.push_back(parsed.value_or(BootstrapConfig{}));
    }
  }
  const YamlNode* interfaces = section.list("interfaces");
  if (interfaces == nullptr) return;
  for (const YamlNode& name : interfaces->children) {
    if (name.kind != YamlNode::Kind::scalar) {
      report.error(name.at, fmt::format("an entry of 'interfaces' must be text, not {}; '*' must "
                                        "stand in quotes",
                                        describe(name)));
      continue;
    }
    if (const auto checked = check_interface_pattern(name.text); !checked) {
      report.error(name.at, fmt::format("'interfaces': {}", checked.error()));
    }
    config.interfaces.push_back(name.text);
  }
}

void read_whitelist(const Section& section, Config& config, Report& report) {
  const YamlNode* nodes = section.list("whitelist_node_ids");
  if (nodes == nullptr) return;
  for (const YamlNode& node : nodes->children) {
    if (node.kind != YamlNode::Kind::scalar) {
      report.error(node.at, fmt::format("an entry of 'whitelist_node_ids' must be text, not {}",
                                        describe(node)));
      continue;
    }
    const std::optional<Bytes> id = from_hex(node.text);
    const bool is_id = id && id->size() == 16;
    if (!is_id && !is_node_name(node.text)) {
      report.error(node.at, fmt::format("an entry of 'whitelist_node_ids' must be the name of a "
                                        "node, or its id of 32 hexadecimal digits as 'dsn nodes "
                                        "--json' shows it, not {}",
                                        shown(node.text)));
    }
    config.whitelist_node_ids.push_back(is_id ? to_hex(*id) : node.text);
  }
}

void read_presence(const Section& section, Config& config, Report& report) {
  config.retain = section.duration("retain");
  const YamlNode* nodes = section.list("expect");
  if (nodes == nullptr) return;
  for (const YamlNode& node : nodes->children) {
    const bool is_text = node.kind == YamlNode::Kind::scalar;
    if (!is_text || !is_node_name(node.text)) {
      report.error(node.at, fmt::format("an entry of 'expect' must be the name of a node, not {}",
                                        is_text ? shown(node.text) : describe(node)));
    }
    config.expect.push_back(node.text);
  }
}

/// Where the parts of a configuration are that it only names. Nothing: they are not looked for.
struct Places {
  std::optional<std::string> folder;  ///< of the file itself, with its '/'
  std::optional<std::string> system_root;
};

void read_all_sensors(const Section& section, const Places& places, Config& config,
                      Report& report) {
  Library boards("boards", places.folder, report);
  Presets presets(places.folder, report);
  const auto board = read_board(section, boards, places.system_root, report);
  if (board) config.board = board->name;
  const SensorContext context{presets, board ? &*board : nullptr, report, false};
  if (const YamlNode* sensors = section.mapping("sensors")) {
    config.sensors = read_sensors(*sensors, context);
  }
  if (!section.boolean("board_sensors").value_or(true) || !board) return;
  for (SensorConfig& sensor : read_sensors(board->sensors, {presets, &*board, report, true})) {
    const auto same = [&](const SensorConfig& own) { return own.key == sensor.key; };
    if (std::ranges::none_of(config.sensors, same)) config.sensors.push_back(std::move(sensor));
  }
}

/// What a mapping says, if the program has the part that it is for: an option of the build.
template <typename Item>
std::vector<Item> read_if_built(const std::string& part, const Section& section, const char* name,
                                std::vector<Item> (*read)(const YamlNode&, Report&),
                                Report& report) {
  const YamlNode* mapping = section.mapping(name);
  if (mapping == nullptr) return {};
  if (is_built(part)) return read(*mapping, report);
  if (!mapping->children.empty()) {
    report.error(section.key_mark(name),
                 "this program was built without " + part + " (-D" + part + ")");
  }
  return {};
}

void read_agent(const YamlNode& root, const Places& places, Config& config, Report& report) {
  const Section section(root, KeyScope::agent, "", report);
  read_node_id(section, config, report);
  read_network(section, config, report);
  read_network_keys(section, config, report);
  read_whitelist(section, config, report);
  read_presence(section, config, report);
  if (const auto path = section.text("credential_dir")) {
    config.credential_dir = resolved(config.file, *path);
  }
  read_all_sensors(section, places, config, report);
  config.hooks = read_if_built("hooks", section, "hooks", read_hooks, report);
  config.commands = read_if_built(is_built("messages") ? "hooks" : "messages", section, "commands",
                                  read_commands, report);
  config.databases = read_if_built("messages", section, "databases", read_databases, report);
}

void zeroise_text(std::string& text) {
  zeroise({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
}

/// Best effort: the YAML parser and the kernel's page cache had their copies.
void zeroise_key(YamlNode& root) {
  for (const auto& [key, value] : root.members()) {
    if (key.text == "aes_key" || key.text == "aes_key_next") zeroise_text(value.text);
  }
}

/// The top level of one file; nothing if it is empty or not good. What was reported says which.
std::optional<YamlNode> read_top_level(const File& file, Mark begin, Report& report) {
  std::optional<YamlNode> root = parse_document(file.text, report, begin.file);
  if (!root || root->kind == YamlNode::Kind::null) return std::nullopt;
  if (root->kind != YamlNode::Kind::mapping) {
    report.error(root->at, fmt::format("this must be a mapping of keys, such as 'node_id: attic', "
                                       "not {}",
                                       describe(*root)));
    return std::nullopt;
  }
  if (file.readable_by_others && has_secret(*root)) {
    report.warning(begin, fmt::format("holds '{}' and every user can read it: run 'chmod 600 "
                                      "{}' or put the key into an 'aes_key_file'",
                                      root->find("aes_key") ? "aes_key" : "aes_key_next",
                                      report.position(begin).file));
  }
  return root;
}

/// Joins `conf.d/*.yaml`.
void read_drop_ins(const std::string& folder, YamlNode& root, Report& report) {
  for (const std::string& name : yaml_files_in(folder + "conf.d")) {
    const std::string path = folder + "conf.d/" + name + ".yaml";
    const Mark begin = report.add_file(path);
    auto file = read_file(path);
    if (!file) {
      report.error(begin, file.error());
      continue;
    }
    if (auto other = read_top_level(*file, begin, report)) join(root, std::move(*other), report);
    zeroise_text(file->text);
    look_for_exposure(path, report);
  }
}

LoadResult read_text(const File& file, const std::string& path, const Places& places) {
  Report report(path);
  LoadResult result;
  result.config.file = path;
  result.config.node_id = default_node_id();
  // Of a file that is no YAML nothing is known; what stands in the others would seem to be missing.
  std::optional<YamlNode> root = read_top_level(file, {}, report);
  if (!report.has_errors() || root) {
    if (!root) root = YamlNode{.kind = YamlNode::Kind::mapping};
    if (places.folder) read_drop_ins(*places.folder, *root, report);
    read_agent(*root, places, result.config, report);
    zeroise_key(*root);
  }
  if (places.folder) look_for_exposure(path, report);
  result.errors = report.take_errors();
  result.warnings = report.take_warnings();
  result.exposures = report.take_exposures();
  return result;
}

LoadResult unreadable(const std::string& path, std::string message) {
  LoadResult result;
  result.config.file = path;
  result.errors.push_back({{path, 0, 0}, std::move(message)});
  return result;
}

}  // namespace

void LoadResult::refuse_exposures() {
  std::ranges::move(exposures, std::back_inserter(errors));
  exposures.clear();
}

LoadResult load(const std::string& path, const std::string& system_root) {
  const bool is_missing =
      path == kDefaultFile && access(path.c_str(), F_OK) != 0 && errno == ENOENT;
  auto file = is_missing ? Result<File>(File{}) : read_file(path);
  if (!file) return unreadable(path, file.error());
  LoadResult result = read_text(*file, path, {folder_of(path), system_root});
  zeroise_text(file->text);
  if (is_missing) {
    result.warnings.push_back(
        {{path, 0, 0}, "is not there: every key has its default; write one with 'dsn init'"});
  }
  return result;
}

LoadResult load_text(std::string_view text, const std::string& path,
                     const std::optional<std::string>& system_root) {
  if (text.size() > kFileSizeMax) {
    return unreadable(path, "is larger than 1 MiB, so it is no configuration");
  }
  File file{std::string(text), false};
  LoadResult result = read_text(file, path, {std::nullopt, system_root});
  zeroise_text(file.text);
  return result;
}

}  // namespace dsn::config
