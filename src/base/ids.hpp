// SPDX-License-Identifier: Apache-2.0
// Strong types for the identifiers of the protocol (docs/protocol.md, section 2).
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/big_endian.hpp"
#include "base/bytes.hpp"

namespace dsn::inline base {

/// A node: the first 16 bytes of SHA-256 of its public key. Self-certifying, never reused.
struct NodeId {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const NodeId&) const = default;
  /// The first 8 bytes, enough to tell nodes of one network apart in lists.
  [[nodiscard]] std::uint64_t prefix() const {
    return get_big_endian<std::uint64_t>(std::span(bytes).first<8>());
  }
  /// The id with this prefix whose other 8 bytes are zero: it names a node of which only the prefix
  /// is known.
  [[nodiscard]] static NodeId from_prefix(std::uint64_t prefix) {
    NodeId id;
    put_big_endian(std::span(id.bytes).first<8>(), prefix);
    return id;
  }
  [[nodiscard]] std::string hex() const { return to_hex(bytes); }
};

/// One run of a node's process, drawn at random at its start.
enum class SessionId : std::uint64_t {};

/// A network, derived from its key; safe to show.
struct NetworkId {
  std::array<std::uint8_t, 8> bytes{};
  auto operator<=>(const NetworkId&) const = default;
};

/// Which state of an origin is meant: `incarnation` counts the owner's starts, `version` the
/// batches it committed since. Ordered by both, never by time.
/// protocol.md [state-order]
struct StateVersion {
  std::uint32_t incarnation = 0;
  std::uint64_t version = 0;
  auto operator<=>(const StateVersion&) const = default;
};

/// The node whose id these 32 hexadecimal digits are.
[[nodiscard]] inline std::optional<NodeId> parse_node_id(std::string_view digits) {
  const std::optional<Bytes> bytes = from_hex(digits);
  if (!bytes || bytes->size() != sizeof(NodeId)) return std::nullopt;
  NodeId id;
  std::copy(bytes->begin(), bytes->end(), id.bytes.begin());
  return id;
}

struct NodeIdHash {
  std::size_t operator()(const NodeId& id) const { return static_cast<std::size_t>(id.prefix()); }
};

}  // namespace dsn::inline base
