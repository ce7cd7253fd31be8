// SPDX-License-Identifier: Apache-2.0
// Converts between Endpoint and the kernel's sockaddr.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/endpoint.hpp"

namespace dsn::net {

/// Room for the addresses of both families; sockaddr_storage is four times as large.
union SocketAddress {
  sockaddr any;
  sockaddr_in ipv4;
  sockaddr_in6 ipv6;
};

/// Writes `endpoint` and returns how many bytes of `address` it takes.
socklen_t to_socket_address(const Endpoint& endpoint, SocketAddress& address);

/// Nothing if the address is of another family or too short for its family. The scope of an IPv6
/// address is kept only if it needs_interface(), so that endpoints compare equal.
[[nodiscard]] std::optional<Endpoint> to_endpoint(const SocketAddress& address, socklen_t size);
[[nodiscard]] std::optional<Endpoint> to_endpoint(const sockaddr* address);

/// Reads a numeric address without brackets or port. An IPv6 address may have a `%zone`, the name
/// or index of an interface. Nothing if the text is no address or there is no interface of that
/// name.
[[nodiscard]] std::optional<Endpoint> parse_address(const std::string& text, std::uint16_t port);

/// `192.168.1.7:17373` or `[fe80::1%eth0]:17373`, for people: an interface that is no more is its
/// index.
[[nodiscard]] std::string address_text(const Endpoint& endpoint);
/// The same without the port: `fe80::1%eth0`.
[[nodiscard]] std::string host_text(const Endpoint& endpoint);

/// A link-local IPv6 address, or an IPv6 group of interface- or link-local scope: it means
/// something only together with an interface.
[[nodiscard]] bool needs_interface(const Endpoint& endpoint);

}  // namespace dsn::net
