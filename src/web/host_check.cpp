// SPDX-License-Identifier: Apache-2.0
#include "web/host_check.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace dsn::web {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

// "[fe80::1]:8173" and "attic:8173" without their ports.
std::string without_port(std::string_view host) {
  if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
  return std::string(host.substr(0, host.find(':')));
}

}  // namespace

HostCheck::HostCheck(const std::vector<std::string>& hosts) : names_{"localhost"} {
  for (const std::string& host : hosts) names_.push_back(lower(host));
  std::array<char, 256> name{};  // HOST_NAME_MAX is 64
  if (gethostname(name.data(), name.size() - 1) == 0 && name[0] != 0) {
    names_.push_back(lower(name.data()));
    names_.push_back(names_.back() + ".local");
  }
}

bool HostCheck::admits(std::string_view host) const {
  const std::string name = lower(without_port(host));
  return is_address(name) || std::ranges::find(names_, name) != names_.end();
}

}  // namespace dsn::web
