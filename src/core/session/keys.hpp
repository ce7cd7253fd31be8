// SPDX-License-Identifier: Apache-2.0
// Keys and ids that are derived from the network key (docs/protocol.md, section 3.2).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// The sender and the receiver of a frame, and the session of each.
struct PairContext {
  NodeId from;
  NodeId to;
  SessionId from_session{};
  SessionId to_session{};
};

/// What one direction of a session is sealed with.
struct DirectionKey {
  AeadKey key;
  /// Stands in the header of its frames, so that the receiver finds the session. Nobody but the two
  /// nodes can choose or foresee it. 48 bits.
  std::uint64_t label = 0;
};

class NetworkKeys {
 public:
  NetworkKeys(CryptoPort& crypto, const Secret<16>& network_key);

  [[nodiscard]] const NetworkId& network_id() const { return network_id_; }
  /// The key of the state sums, the same for all members.
  [[nodiscard]] std::span<const std::uint8_t, 16> sum_key() const { return sum_key_.view(); }

  [[nodiscard]] AeadKey group(SessionId sender) const;
  [[nodiscard]] DirectionKey pair(const SharedSecret& secret, const PairContext& context) const;
  /// The network tag of a GROUP frame, whose last kNetworkTagBytes it is. Who has no network key
  /// cannot make it, and it costs next to nothing to check. protocol.md [network-tag]
  [[nodiscard]] std::uint64_t tag_of(ByteView frame) const;
  /// What stands for a name in the answer to a call: members can compare it, and nobody else learns
  /// the name.
  [[nodiscard]] std::uint64_t name_mark(std::uint64_t nonce, std::string_view name) const;

 private:
  [[nodiscard]] DirectionKey derive(ByteView salt, ByteView input_key, ByteView info) const;

  CryptoPort& crypto_;
  Secret<16> network_key_;
  NetworkId network_id_;
  Secret<16> sum_key_;
  Secret<16> tag_key_;
  Secret<16> call_key_;
};

/// The groups to which a network's HELLOs are multicast. They follow from the network id, so that
/// networks on one LAN do not wake each other up.
[[nodiscard]] Endpoint multicast_group_ipv4(const NetworkId& network, std::uint16_t port);
[[nodiscard]] Endpoint multicast_group_ipv6(const NetworkId& network, std::uint16_t port);

/// The id that belongs to a public key.
[[nodiscard]] NodeId node_id_of(CryptoPort& crypto, const PublicKey& key);

}  // namespace dsn::core
