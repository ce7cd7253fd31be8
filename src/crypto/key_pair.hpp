// SPDX-License-Identifier: Apache-2.0
// P-256 key pairs and SHA-256 for code that has no CryptoPort.
#pragma once

#include <optional>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::crypto {

/// The scalar of a P-256 private key, big-endian. It is zeroised, never printed, and written only
/// to one file, which only its owner can read. protocol.md [key-private]
using PrivateKey = Secret<32>;

[[nodiscard]] core::Digest256 sha256(ByteView message);

/// A new private key; nothing if the library fails.
[[nodiscard]] std::optional<PrivateKey> generate_private_key();

/// The public key of a private one; nothing if the scalar is 0 or not below the group's order.
[[nodiscard]] std::optional<core::PublicKey> public_key_of(const PrivateKey& private_key);

/// As core::node_id_of(): the first 16 bytes of SHA-256 of the public key.
[[nodiscard]] NodeId node_id_of(const core::PublicKey& public_key);

}  // namespace dsn::crypto
