// SPDX-License-Identifier: Apache-2.0
// A node's signed statement about itself and its state (docs/protocol.md, section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/keys.hpp"
#include "core/state/state_root.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

struct Head {
  NetworkId network;
  NodeId id;
  std::string_view name;  ///< of a decoded head: points into its encoding
  StateVersion version;
  ShortHash root{};
  std::uint64_t key_count = 0;
  std::uint64_t state_bytes = 0;
  SessionId session{};
  std::uint64_t clock_ms = 0;  ///< the owner's session clock when it signed
  /// The first beat of the segment that counts from now on (docs/protocol.md, section 7.4).
  wire::Beat anchor;
  std::uint64_t flags = 0;
  KeyMark key_mark = KeyMark::none;  ///< the network key that the owner had

  /// The owner left for good.
  [[nodiscard]] bool left() const { return (flags & 1) != 0; }
};

/// Writes the deterministic encoding that is signed. Returns its size.
std::size_t encode_head(const Head& head, std::span<std::uint8_t, wire::kHeadBytesMax> out);
/// Nothing if the bytes are no head of format 1.
[[nodiscard]] std::optional<Head> decode_head(ByteView encoded);

/// ES256 over the COSE_Sign1 structure with external_aad "dsn1-head" (RFC 9052, section 4.4).
[[nodiscard]] bool sign_head(CryptoPort& crypto, ByteView encoded_head, Signature& signature);
[[nodiscard]] bool verify_head(CryptoPort& crypto, const PublicKey& signer, ByteView encoded_head,
                               const Signature& signature);

}  // namespace dsn::core
