// SPDX-License-Identifier: Apache-2.0
// Where datagrams come from and go to, without any socket header.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace dsn::inline base {

enum class AddressFamily : std::uint8_t { ipv4, ipv6 };

/// A UDP address. An IPv4 address uses the first four bytes. `scope` is the interface index of a
/// link-local IPv6 address and 0 otherwise; it means something on this machine only.
struct Endpoint {
  AddressFamily family = AddressFamily::ipv4;
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;
  std::uint32_t scope = 0;

  auto operator<=>(const Endpoint&) const = default;

  [[nodiscard]] ByteView address_bytes() const {
    return {address.data(), family == AddressFamily::ipv4 ? std::size_t{4} : std::size_t{16}};
  }
  /// 0.0.0.0 or ::, which stands for no address or for all of them.
  [[nodiscard]] bool is_unspecified() const;
  /// An address of 127/8 or ::1, which names this machine only.
  [[nodiscard]] bool is_loopback() const;
  /// What stands for one machine: the address without its port. Nodes on one machine share its
  /// loopback address, so there each port counts as a machine.
  [[nodiscard]] Endpoint machine() const;
  /// An IPv6 address of fe80::/10, which names a node of one link only.
  [[nodiscard]] bool is_link_local() const;
  /// An address of RFC 1918 or fc00::/7 (RFC 4193), which belongs to a site.
  [[nodiscard]] bool is_private() const;
  /// 224/4 or ff00::/8: a group, not a node.
  [[nodiscard]] bool is_multicast() const;
  /// `192.168.1.7:17373` or `[fe80::1%2]:17373`.
  [[nodiscard]] std::string to_string() const;

  static Endpoint ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port);
  static Endpoint ipv6(const std::array<std::uint8_t, 16>& address, std::uint16_t port,
                       std::uint32_t scope = 0);
};

/// The addresses of one family whose first `bits` bits are those of `address`.
struct Prefix {
  Endpoint address;
  unsigned bits = 0;

  [[nodiscard]] bool contains(const Endpoint& endpoint) const;
  bool operator==(const Prefix&) const = default;
};

struct EndpointHash {
  std::size_t operator()(const Endpoint& endpoint) const;
};

}  // namespace dsn::inline base
