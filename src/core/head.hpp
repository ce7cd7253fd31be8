// SPDX-License-Identifier: Apache-2.0
// A node's signed statement about itself and its state (docs/protocol.md, section 4).
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/crypto_port.hpp"
#include "core/state_root.hpp"

namespace dsn {

struct Head {
  NetworkId network;
  NodeId id;
  StateVersion version;
  ShortHash root{};
  std::uint64_t key_count = 0;
  std::uint64_t state_bytes = 0;
  SessionId session{};
  /// Of the heartbeat chain. All zero: this node's liveness is that its frames are heard.
  ShortHash beat_anchor{};
  std::uint64_t beat_count = 0;
  std::uint64_t beat_ms = 0;
  std::uint64_t flags = 0;
};

/// Larger than any head.
inline constexpr std::size_t kHeadBytesMax = 160;

/// The deterministic encoding that is signed. Returns its size.
std::size_t encode_head(const Head& head, std::span<std::uint8_t, kHeadBytesMax> out);
/// Nothing if it is no head of format 1.
[[nodiscard]] std::optional<Head> decode_head(ByteView encoded);

/// ES256 over the COSE_Sign1 structure with external_aad "dsn1-head" (RFC 9052, section 4.4).
[[nodiscard]] bool sign_head(CryptoPort& crypto, ByteView encoded_head, Signature& signature);
[[nodiscard]] bool verify_head(CryptoPort& crypto, const PublicKey& signer, ByteView encoded_head,
                               const Signature& signature);

}  // namespace dsn
