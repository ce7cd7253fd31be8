// SPDX-License-Identifier: Apache-2.0
#include "config/web_file.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "config/document.hpp"
#include "config/report.hpp"
#include "config/section.hpp"

namespace dsn::config {
namespace {

void read_address(const Section& section, WebConfig& config, Report& report) {
  const auto address = section.text("address");
  if (!address) return;
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  const bool is_address = inet_pton(AF_INET, address->c_str(), bytes.data()) == 1 ||
                          inet_pton(AF_INET6, address->c_str(), bytes.data()) == 1;
  if (is_address) {
    config.address = *address;
  } else {
    report.error(section.value_mark("address"),
                 "'address' must be an IPv4 or IPv6 address, such as 127.0.0.1, or 0.0.0.0 for all "
                 "IPv4 addresses of this machine");
  }
}

void read_hosts(const Section& section, WebConfig& config, Report& report) {
  const YamlNode* hosts = section.list("hosts");
  if (hosts == nullptr) return;
  for (const YamlNode& host : hosts->children) {
    if (host.kind == YamlNode::Kind::scalar && !host.text.empty() && host.text.size() <= 253) {
      config.hosts.push_back(host.text);
    } else {
      report.error(host.at,
                   fmt::format("a host must be a name of 1 to 253 bytes, not {}", describe(host)));
    }
  }
}

}  // namespace

LoadedWeb load_web(const std::string& path) {
  LoadedWeb result;
  WebConfig& config = result.config;
  config.file = path;
  result.findings = read_module_file(path, kDefaultWebFile, KeyScope::web,
                                     [&config](const Section& section, Report& report) {
                                       read_address(section, config, report);
                                       if (const auto port = section.integer("port")) {
                                         config.port = static_cast<std::uint16_t>(*port);
                                       }
                                       if (const auto token = section.text("token_file")) {
                                         config.token_file = resolved(config.file, *token);
                                       }
                                       if (const auto history = section.text("history")) {
                                         config.history = resolved(config.file, *history);
                                       }
                                       if (const auto most = section.integer("clients")) {
                                         config.clients = static_cast<std::uint32_t>(*most);
                                       }
                                       read_hosts(section, config, report);
                                     });
  return result;
}

}  // namespace dsn::config
