// SPDX-License-Identifier: Apache-2.0
#include "base/endpoint.hpp"

#include <algorithm>
#include <cstdio>
#include <span>

#include "base/big_endian.hpp"

namespace dsn::inline base {
namespace {

// The longest run of zero groups becomes "::" (RFC 5952, section 4.2.3).
std::string ipv6_text(const std::array<std::uint8_t, 16>& address) {
  std::array<std::uint16_t, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) {
    groups[i] = get_big_endian<std::uint16_t>(std::span(address).subspan(2 * i, 2));
  }
  std::size_t best = 8;
  std::size_t best_count = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t count = 0;
    while (i + count < 8 && groups[i + count] == 0) ++count;
    if (count > best_count) {
      best = i;
      best_count = count;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      text += "::";
      i += best_count - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char group[8];
    std::snprintf(group, sizeof group, "%x", unsigned{groups[i]});
    text += group;
  }
  return text;
}

}  // namespace

bool Endpoint::is_unspecified() const {
  return std::ranges::all_of(address_bytes(), [](std::uint8_t byte) { return byte == 0; });
}

Endpoint Endpoint::machine() const {
  Endpoint endpoint = *this;
  if (!is_loopback()) endpoint.port = 0;
  return endpoint;
}

bool Endpoint::is_loopback() const {
  if (family == AddressFamily::ipv4) return address[0] == 127;
  static constexpr std::array<std::uint8_t, 16> kIpv6Loopback{0, 0, 0, 0, 0, 0, 0, 0,
                                                              0, 0, 0, 0, 0, 0, 0, 1};
  return address == kIpv6Loopback;
}

bool Endpoint::is_link_local() const {
  return family == AddressFamily::ipv6 && address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
}

bool Endpoint::is_private() const {
  if (family == AddressFamily::ipv6) return (address[0] & 0xfe) == 0xfc;
  return address[0] == 10 || (address[0] == 172 && (address[1] & 0xf0) == 16) ||
         (address[0] == 192 && address[1] == 168);
}

bool Prefix::contains(const Endpoint& endpoint) const {
  if (endpoint.family != address.family) return false;
  const std::size_t whole = bits / 8;
  const ByteView ours = address.address_bytes();
  const ByteView theirs = endpoint.address_bytes();
  if (whole >= ours.size()) return std::ranges::equal(ours, theirs);
  const auto mask = static_cast<std::uint8_t>(0xff00U >> (bits % 8));
  return std::ranges::equal(ours.first(whole), theirs.first(whole)) &&
         (ours[whole] & mask) == (theirs[whole] & mask);
}

bool Endpoint::is_multicast() const {
  return family == AddressFamily::ipv4 ? (address[0] & 0xf0) == 0xe0 : address[0] == 0xff;
}

std::string Endpoint::to_string() const {
  const std::string port_text = std::to_string(port);
  if (family == AddressFamily::ipv4) {
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) text += (i ? "." : "") + std::to_string(address[i]);
    return text + ':' + port_text;
  }
  std::string text = "[";
  text += ipv6_text(address);
  if (scope != 0) text.append("%").append(std::to_string(scope));
  return text.append("]:").append(port_text);
}

Endpoint Endpoint::ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port) {
  Endpoint endpoint;
  std::ranges::copy(address, endpoint.address.begin());
  endpoint.port = port;
  return endpoint;
}

Endpoint Endpoint::ipv6(const std::array<std::uint8_t, 16>& address, std::uint16_t port,
                        std::uint32_t scope) {
  return {AddressFamily::ipv6, address, port, scope};
}

std::size_t EndpointHash::operator()(const Endpoint& endpoint) const {
  std::size_t hash = endpoint.port * 0x9e3779b97f4a7c15ULL + endpoint.scope;
  for (const std::uint8_t byte : endpoint.address) hash = (hash ^ byte) * 0x100000001b3ULL;
  return hash;
}

}  // namespace dsn::inline base
