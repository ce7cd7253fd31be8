// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/bytes.hpp"
#include "config/address.hpp"
#include "config/document.hpp"
#include "config/hooks.hpp"
#include "config/report.hpp"
#include "config/scalar.hpp"
#include "config/section.hpp"
#include "config/sensors.hpp"

namespace dsn::config {
namespace {

// Ten thousand sensors would fit; anything larger is some other file.
constexpr std::size_t kFileSizeMax = std::size_t{1024} * 1024;

/// A relative path is relative to the folder of the configuration, since the working directory of
/// a service is no place that anyone thinks of.
std::string resolve(const std::string& config_path, const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::size_t slash = config_path.rfind('/');
  return slash == std::string::npos ? path : config_path.substr(0, slash + 1) + path;
}

std::string default_node_id() {
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  if (gethostname(name.data(), name.size() - 1) != 0) return label_from("");
  return label_from(name.data());
}

void read_node_id(const Section& section, Config& config, Report& report) {
  const auto name = section.text("node_id");
  if (!name) return;
  // Names go to every node in the clear, and are shown.
  if (name->size() == 32 && from_hex(*name)) {
    report.error(section.value_mark("node_id"),
                 "'node_id' looks like the key of a network, which belongs into 'aes_key'");
  } else if (is_label(*name)) {
    config.node_id = *name;
  } else {
    report.error(section.value_mark("node_id"),
                 fmt::format("'node_id' must be 1 to 63 of a-z, 0-9 and '-', the last not at an "
                             "end, not {}; {} would do",
                             shown(*name), shown(label_from(*name))));
  }
}

void read_aes_key(const Section& section, Config& config, Report& report) {
  if (section.has("aes_key") && section.has("aes_key_file")) {
    report.error(section.key_mark("aes_key_file"),
                 "'aes_key' and 'aes_key_file' exclude each other: keep the file");
  }
  if (const auto path = section.text("aes_key_file")) {
    config.aes_key_file = resolve(config.file, *path);
  }
  const Node* value = section.value("aes_key");
  if (value == nullptr) return;
  const Mark at = section.value_mark("aes_key");
  // No message below repeats any part of the value.
  constexpr char kMustBe[] = "'aes_key' must be 32 hexadecimal digits";
  if (value->kind != Node::Kind::scalar) {
    report.error(at, fmt::format("{}, not {}", kMustBe, describe(*value)));
    return;
  }
  if (value->text.size() != 32) {
    report.error(at, fmt::format("{}; its length is {}", kMustBe, value->text.size()));
    return;
  }
  auto bytes = from_hex(value->text);
  if (!bytes) {
    const std::size_t wrong = value->text.find_first_not_of("0123456789abcdefABCDEF");
    report.error(at, fmt::format("{}; the character at place {} is none", kMustBe, wrong + 1));
    return;
  }
  config.aes_key.emplace(std::span<const std::uint8_t, 16>(*bytes));
  zeroise(*bytes);
}

std::optional<BootstrapNode> read_bootstrap_node(const Node& node, std::size_t number,
                                                 Report& report) {
  const std::string where = fmt::format("bootstrap node {}", number);
  if (node.kind == Node::Kind::scalar) {
    auto parsed = parse_bootstrap_node(node.text);
    if (parsed) return std::move(*parsed);
    report.error(node.at, fmt::format("{}: {}", where, parsed.error()));
    return std::nullopt;
  }
  if (node.kind != Node::Kind::mapping) {
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
  return BootstrapNode{*address, port ? static_cast<std::uint16_t>(*port) : kDefaultPort};
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
  if (const Node* nodes = section.list("bootstrap_nodes")) {
    for (const Node& node : nodes->children) {
      auto parsed = read_bootstrap_node(node, config.bootstrap_nodes.size() + 1, report);
      config.bootstrap_nodes.push_back(parsed.value_or(BootstrapNode{}));
    }
  }
  const Node* interfaces = section.list("interfaces");
  if (interfaces == nullptr) return;
  for (const Node& name : interfaces->children) {
    if (name.kind != Node::Kind::scalar) {
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
  const Node* nodes = section.list("whitelist_node_ids");
  if (nodes == nullptr) return;
  for (const Node& node : nodes->children) {
    if (node.kind != Node::Kind::scalar) {
      report.error(node.at, fmt::format("an entry of 'whitelist_node_ids' must be text, not {}",
                                        describe(node)));
      continue;
    }
    const std::optional<Bytes> id = from_hex(node.text);
    const bool is_id = id && id->size() == 16;
    if (!is_id && !is_label(node.text)) {
      report.error(node.at, fmt::format("an entry of 'whitelist_node_ids' must be the name of a "
                                        "node, or its id of 32 hexadecimal digits as 'dsn nodes "
                                        "--json' shows it, not {}",
                                        shown(node.text)));
    }
    config.whitelist_node_ids.push_back(is_id ? to_hex(*id) : node.text);
  }
}

void read_agent(const Node& root, Config& config, Report& report) {
  const Section section(root, KeyScope::agent, "", report);
  read_node_id(section, config, report);
  read_network(section, config, report);
  read_aes_key(section, config, report);
  read_whitelist(section, config, report);
  if (const auto path = section.text("credential_dir")) {
    config.credential_dir = resolve(config.file, *path);
  }
  if (const Node* sensors = section.mapping("sensors")) {
    config.sensors = read_sensors(*sensors, report);
  }
  if (const Node* hooks = section.mapping("hooks")) config.hooks = read_hooks(*hooks, report);
}

/// Best effort: yaml-cpp and the kernel's page cache had their copies.
void zeroise_key(Node& root) {
  for (std::size_t i = 0; i + 1 < root.children.size(); i += 2) {
    std::string& text = root.children[i + 1].text;
    if (root.children[i].text != "aes_key") continue;
    zeroise({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  }
}

/// `readable_by_others`: of the file that the text came from.
LoadResult read_text(std::string_view text, const std::string& path, bool readable_by_others) {
  Report report(path);
  LoadResult result;
  result.config.file = path;
  result.config.node_id = default_node_id();
  std::optional<Node> root = parse_document(text, report);
  if (root && root->kind == Node::Kind::mapping) {
    read_agent(*root, result.config, report);
    zeroise_key(*root);
  } else if (root && root->kind != Node::Kind::null) {
    report.error(root->at, fmt::format("this must be a mapping of keys, such as 'node_id: attic', "
                                       "not {}",
                                       describe(*root)));
  }
  if (result.config.aes_key && readable_by_others) {
    report.warning({}, fmt::format("holds 'aes_key' and every user can read it: run 'chmod 600 {}' "
                                   "or put the key into an 'aes_key_file'",
                                   path));
  }
  result.errors = report.take_errors();
  result.warnings = report.take_warnings();
  return result;
}

LoadResult unreadable(const std::string& path, std::string message) {
  LoadResult result;
  result.config.file = path;
  result.errors.push_back({{path, 0, 0}, std::move(message)});
  return result;
}

struct File {
  std::string text;
  bool readable_by_others = false;
};

Result<File> read_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return Error{std::strerror(errno)};
  File file;
  struct stat status {};
  if (fstat(descriptor, &status) == 0) file.readable_by_others = (status.st_mode & S_IROTH) != 0;
  // One byte more than allowed tells a file that is too large. Sized once: growth would leave
  // copies of a key behind.
  file.text.resize(kFileSizeMax + 1);
  std::size_t size = 0;
  int error = 0;
  while (size < file.text.size()) {
    const ssize_t count = read(descriptor, file.text.data() + size, file.text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    size += static_cast<std::size_t>(count);
  }
  close(descriptor);
  if (error != 0) return Error{std::strerror(error)};
  if (size > kFileSizeMax) return Error{"is larger than 1 MiB, so it is no configuration"};
  file.text.resize(size);
  return file;
}

}  // namespace

LoadResult load(const std::string& path) {
  auto file = read_file(path);
  if (!file) return unreadable(path, file.error());
  LoadResult result = read_text(file->text, path, file->readable_by_others);
  zeroise({reinterpret_cast<std::uint8_t*>(file->text.data()), file->text.size()});
  return result;
}

LoadResult load_text(std::string_view text, const std::string& path) {
  if (text.size() > kFileSizeMax) {
    return unreadable(path, "is larger than 1 MiB, so it is no configuration");
  }
  return read_text(text, path, false);
}

}  // namespace dsn::config
