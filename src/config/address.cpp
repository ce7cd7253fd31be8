// SPDX-License-Identifier: Apache-2.0
#include "config/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/node_name.hpp"
#include "config/scalar.hpp"

namespace dsn::config {
namespace {

constexpr std::size_t kHostNameSizeMax = 253;
constexpr std::size_t kInterfaceNameSizeMax = 15;

using Ipv4Bytes = std::array<std::uint8_t, 4>;
using Ipv6Bytes = std::array<std::uint8_t, 16>;

std::optional<Ipv4Bytes> ipv4(std::string_view text) {
  Ipv4Bytes bytes{};
  if (inet_pton(AF_INET, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

std::optional<Ipv6Bytes> ipv6(std::string_view text) {
  Ipv6Bytes bytes{};
  if (inet_pton(AF_INET6, std::string(text).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

bool is_link_local(const Ipv6Bytes& bytes) { return bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80; }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_interface_name(std::string_view text) {
  if (text.empty() || text.size() > kInterfaceNameSizeMax || text == "." || text == "..") {
    return false;
  }
  // What dev_valid_name() of the kernel refuses, and the '*' of our prefixes.
  return std::ranges::none_of(text, [](char c) {
    return c == '/' || c == ':' || c == '*' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
  });
}

/// RFC 1123, section 2.1, and with '_' in it: resolvers allow it, and home routers hand it out.
bool is_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > kHostNameSizeMax) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    std::string label(text.substr(0, dot));
    std::ranges::transform(label, label.begin(), to_lower);
    if (!is_node_name(label)) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Result<void> check_remote_ipv6(std::string_view text) {
  const std::size_t percent = text.find('%');
  const auto bytes = ipv6(text.substr(0, percent));
  if (!bytes) return Error{fmt::format("{} is no IPv6 address", shown(text))};
  if (percent == std::string_view::npos) {
    if (!is_link_local(*bytes)) return {};
    return Error{
        fmt::format("{} is link-local: add the interface, as in '{}%eth0'", shown(text), text)};
  }
  if (!is_interface_name(text.substr(percent + 1))) {
    return Error{fmt::format("{} has no valid interface after '%'", shown(text))};
  }
  return {};
}

}  // namespace

std::string node_name_from(std::string_view host_name) {
  constexpr std::string_view kNotAtAnEnd = "-_";
  std::string name(host_name.substr(0, host_name.find('.')));
  for (char& c : name) {
    c = to_lower(c);
    if (c != '_' && !is_node_name({&c, 1})) c = '-';
  }
  name.erase(0, std::min(name.find_first_not_of(kNotAtAnEnd), name.size()));
  name.resize(std::min(name.size(), kNodeNameBytesMax));
  name.resize(name.find_last_not_of(kNotAtAnEnd) + 1);
  return name.empty() ? "node" : name;
}

Result<void> check_local_address(std::string_view text) {
  if (const auto bytes = ipv4(text)) {
    if (*bytes == Ipv4Bytes{}) return Error{"0.0.0.0 is no address; to use all, leave it out"};
    if ((*bytes)[0] >= 224) return Error{fmt::format("{} is no address of a host", shown(text))};
    return {};
  }
  if (const auto bytes = ipv6(text)) {
    if (*bytes == Ipv6Bytes{}) return Error{":: is no address; to use all, leave it out"};
    if ((*bytes)[0] == 0xff) return Error{fmt::format("{} is no address of a host", shown(text))};
    return {};
  }
  return Error{fmt::format("{} is no IPv4 or IPv6 address", shown(text))};
}

Result<void> check_remote_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return check_remote_ipv6(text);
  if (ipv4(text)) return {};
  // A name whose last label is a number would be taken for an address by some resolvers.
  const std::string_view last = text.substr(text.find_last_of('.') + 1);
  if (!last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos) {
    return Error{fmt::format("{} is no IPv4 address", shown(text))};
  }
  if (!is_host_name(text)) {
    return Error{fmt::format("{} is no address and no host name", shown(text))};
  }
  return {};
}

Result<BootstrapConfig> parse_bootstrap_node(std::string_view text) {
  BootstrapConfig node{.address = std::string(text), .port = kDefaultPort};
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return Error{fmt::format("{} has no ']'", shown(text))};
    const std::string_view rest = text.substr(end + 1);
    node.address = text.substr(1, end - 1);
    if (!rest.empty() && !rest.starts_with(':')) {
      return Error{fmt::format("after ']' in {} only ':' and a port may follow", shown(text))};
    }
    if (node.address.find(':') == std::string::npos) {
      return Error{fmt::format("{} has no IPv6 address within '[' and ']'", shown(text))};
    }
    if (rest == ":") return Error{fmt::format("the port is missing after ':' in {}", shown(text))};
    if (!rest.empty()) port = rest.substr(1);
  } else if (std::ranges::count(text, ':') == 1) {
    node.address = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
    if (port.empty()) return Error{fmt::format("the port is missing after ':' in {}", shown(text))};
  }
  if (!port.empty()) {
    const auto number = parse_integer(port);
    if (!number || *number < 1 || *number > 65535) {
      return Error{fmt::format("the port in {} must be an integer from 1 to 65535", shown(text))};
    }
    node.port = static_cast<std::uint16_t>(*number);
  }
  if (auto checked = check_remote_address(node.address); !checked) return checked.failure();
  return node;
}

Result<void> check_interface_pattern(std::string_view text) {
  if (text == "*") return {};
  const std::string_view name = text.ends_with('*') ? text.substr(0, text.size() - 1) : text;
  if (is_interface_name(name)) return {};
  if (name.find('*') != std::string_view::npos) {
    return Error{fmt::format(
        "{} has a '*' before its end; only prefixes such as 'wl*' are possible", shown(text))};
  }
  return Error{fmt::format("{} is no name of a network interface", shown(text))};
}

}  // namespace dsn::config
