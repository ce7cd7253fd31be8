// SPDX-License-Identifier: Apache-2.0
#include "net/socket_address.hpp"
#include "base/number_text.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <array>
#include <cstring>
#include <string_view>

namespace dsn::net {
namespace {

Endpoint ipv6_endpoint(const sockaddr_in6& from) {
  Endpoint endpoint;
  endpoint.family = AddressFamily::ipv6;
  std::memcpy(endpoint.address.data(), &from.sin6_addr, 16);
  endpoint.port = ntohs(from.sin6_port);
  if (needs_interface(endpoint)) endpoint.scope = from.sin6_scope_id;
  return endpoint;
}

std::optional<std::uint32_t> parse_zone(const std::string& zone) {
  if (const auto number = number_of<std::uint32_t>(zone); number && *number != 0) return number;
  const std::uint32_t index = if_nametoindex(zone.c_str());
  return index == 0 ? std::nullopt : std::optional(index);
}

}  // namespace

socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& address) {
  if (endpoint.family == AddressFamily::ipv4) {
    address.ipv4 = sockaddr_in{};
    address.ipv4.sin_family = AF_INET;
    address.ipv4.sin_port = htons(endpoint.port);
    std::memcpy(&address.ipv4.sin_addr, endpoint.address.data(), 4);
    return sizeof address.ipv4;
  }
  address.ipv6 = sockaddr_in6{};
  address.ipv6.sin6_family = AF_INET6;
  address.ipv6.sin6_port = htons(endpoint.port);
  address.ipv6.sin6_scope_id = endpoint.scope;
  std::memcpy(&address.ipv6.sin6_addr, endpoint.address.data(), 16);
  return sizeof address.ipv6;
}

std::optional<Endpoint> to_endpoint(const SocketAddress& address, socklen_t size) {
  if (size < sizeof(sa_family_t)) return std::nullopt;
  const bool whole = (address.any.sa_family == AF_INET && size >= sizeof address.ipv4) ||
                     (address.any.sa_family == AF_INET6 && size >= sizeof address.ipv6);
  return whole ? to_endpoint(&address.any) : std::nullopt;
}

std::optional<Endpoint> to_endpoint(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  if (address->sa_family == AF_INET) {
    sockaddr_in from;
    std::memcpy(&from, address, sizeof from);
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &from.sin_addr, 4);
    return Endpoint::ipv4(bytes, ntohs(from.sin_port));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 from;
    std::memcpy(&from, address, sizeof from);
    return ipv6_endpoint(from);
  }
  return std::nullopt;
}

std::optional<Endpoint> parse_address(const std::string& text, std::uint16_t port) {
  Endpoint endpoint;
  endpoint.port = port;
  // inet_pton reads up to the first NUL and would take what is in front of it for the whole.
  if (text.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, text.c_str(), endpoint.address.data()) == 1) return endpoint;
  const std::size_t percent = text.find('%');
  const std::string address = text.substr(0, percent);
  if (inet_pton(AF_INET6, address.c_str(), endpoint.address.data()) != 1) return std::nullopt;
  endpoint.family = AddressFamily::ipv6;
  if (percent == std::string::npos) return endpoint;
  const std::optional<std::uint32_t> zone = parse_zone(text.substr(percent + 1));
  if (!zone) return std::nullopt;
  if (needs_interface(endpoint)) endpoint.scope = *zone;
  return endpoint;
}

std::string host_text(const Endpoint& endpoint) {
  char text[INET6_ADDRSTRLEN] = "";
  const bool ipv4 = endpoint.family == AddressFamily::ipv4;
  inet_ntop(ipv4 ? AF_INET : AF_INET6, endpoint.address.data(), text, sizeof text);
  if (endpoint.scope == 0) return text;
  char name[IF_NAMESIZE] = "";
  const bool named = if_indextoname(endpoint.scope, name) != nullptr;
  return std::string(text) + '%' + (named ? name : std::to_string(endpoint.scope));
}

std::string address_text(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  if (endpoint.family == AddressFamily::ipv4) return host_text(endpoint) + ':' + port;
  return '[' + host_text(endpoint) + "]:" + port;
}

bool needs_interface(const Endpoint& endpoint) {
  if (endpoint.family != AddressFamily::ipv6) return false;
  if (!endpoint.is_multicast()) return endpoint.is_link_local();
  const unsigned scope = endpoint.address[1] & 0x0f;  // RFC 4291, section 2.7: 1 interface, 2 link
  return scope <= 2;
}

}  // namespace dsn::net
