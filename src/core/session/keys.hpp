// SPDX-License-Identifier: Apache-2.0
// Keys and ids that are derived from the network key (docs/protocol.md, section 3.2).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/endpoint.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/keyring_contents.hpp"

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

/// Names a network key: its epoch in the upper 32 bits, the first 4 bytes of its hash in the lower
/// ones (docs/protocol.md, section 7.10). The larger, the newer. With epoch 0 it is the second key
/// of a network without an authority.
enum class KeyMark : std::uint64_t {
  none = 0,  ///< of a network without an authority that has one key
};

[[nodiscard]] constexpr KeyMark key_mark(std::uint32_t epoch, std::uint32_t first_of_hash) {
  return KeyMark{std::uint64_t{epoch} << 32 | first_of_hash};
}
[[nodiscard]] constexpr std::uint32_t epoch_of(KeyMark mark) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(mark) >> 32);
}
[[nodiscard]] constexpr std::uint32_t hash_in(KeyMark mark) {
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(mark));
}
/// An epoch as the header of a frame has it.
[[nodiscard]] constexpr std::uint8_t frame_epoch(std::uint32_t epoch) { return epoch & 0x3fU; }

/// Whose keys they are: the network's authority, if it has one, and the own run.
struct KeyOwner {
  std::optional<KeyHash> authority;
  SessionId session{};
};

/// One network key, and what is derived from it.
class NetworkKeys {
 public:
  NetworkKeys(CryptoPort& crypto, const EpochKey& key, const KeyOwner& owner);
  /// The only key of a network without an authority.
  NetworkKeys(CryptoPort& crypto, const Secret<16>& network_key)
      : NetworkKeys(crypto, EpochKey{kFirstKeyEpoch, network_key}, {}) {}

  /// The same for all keys of a network with an authority.
  [[nodiscard]] const NetworkId& network_id() const { return network_id_; }
  /// The key of the state sums, the same for all members. It stays as the id does.
  [[nodiscard]] std::span<const std::uint8_t, 16> sum_key() const { return sum_key_.view(); }
  [[nodiscard]] KeyMark mark() const { return mark_; }
  [[nodiscard]] const KeyHash& hash() const { return hash_; }
  [[nodiscard]] std::uint8_t frame_epoch() const { return core::frame_epoch(epoch_of(mark_)); }
  /// What seals the GROUP frames of this run.
  [[nodiscard]] const AeadKey& own_group() const { return own_group_; }

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
  KeyHash hash_{};
  KeyMark mark_ = KeyMark::none;
  NetworkId network_id_;
  Secret<16> sum_key_;
  Secret<16> tag_key_;
  Secret<16> call_key_;
  AeadKey own_group_;
};

/// Whoever answers under a key holds it until then.
using KeyHandle = std::shared_ptr<const NetworkKeys>;

/// The groups to which a network's HELLOs are multicast. They follow from the network id, so that
/// networks on one LAN do not wake each other up.
[[nodiscard]] Endpoint multicast_group_ipv4(const NetworkId& network, std::uint16_t port);
[[nodiscard]] Endpoint multicast_group_ipv6(const NetworkId& network, std::uint16_t port);

[[nodiscard]] KeyHash key_hash(CryptoPort& crypto, ByteView key);

/// The id that belongs to a public key.
[[nodiscard]] NodeId node_id_of(CryptoPort& crypto, const PublicKey& key);

}  // namespace dsn::core
