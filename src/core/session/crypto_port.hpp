// SPDX-License-Identifier: Apache-2.0
// The cryptography that the core needs. src/crypto implements it over PSA; simulations of a
// thousand nodes use a fast fake.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/secret.hpp"

namespace dsn::core {

/// An uncompressed P-256 point: 0x04, X, Y.
using PublicKey = std::array<std::uint8_t, 65>;
/// ES256: r, s (RFC 9053, section 2.1).
using Signature = std::array<std::uint8_t, 64>;
using Digest256 = std::array<std::uint8_t, 32>;
/// The X coordinate of an ECDH result.
using SharedSecret = Secret<32>;

inline constexpr std::size_t kAeadTagBytes = 16;
inline constexpr std::size_t kAeadNonceBytes = 13;

/// AES-128-CCM key and the value that sequence numbers are XORed into.
struct AeadKey {
  Secret<16> key;
  std::array<std::uint8_t, kAeadNonceBytes> iv{};
};

/// Not thread-safe. agree, sign and verify take 14 to 21 ms on the smallest boards; all other calls
/// return at once.
class CryptoPort {
 public:
  virtual ~CryptoPort() = default;

  /// AES-128-CCM, 13-byte nonce, 16-byte tag. `sealed` has plaintext.size() + kAeadTagBytes bytes
  /// and may begin where `plaintext` does. False only if the library fails.
  [[nodiscard]] virtual bool seal(const AeadKey& key,
                                  std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                                  ByteView additional_data, ByteView plaintext,
                                  MutableBytes sealed) = 0;
  /// The reverse. False if the tag does not match; `plaintext` has sealed.size() - kAeadTagBytes
  /// bytes and may begin where `sealed` does. After false it may hold anything but the plaintext,
  /// so an attempt in place spends `sealed`: open elsewhere where a second key may fit.
  [[nodiscard]] virtual bool open(const AeadKey& key,
                                  std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                                  ByteView additional_data, ByteView sealed,
                                  MutableBytes plaintext) = 0;
  /// HKDF-SHA256 (RFC 5869), at most 64 bytes of output.
  virtual void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) = 0;
  virtual Digest256 sha256(ByteView message) = 0;
  /// ECDH on P-256 with this node's private key. False if `peer` is no point of the curve.
  [[nodiscard]] virtual bool agree(const PublicKey& peer, SharedSecret& secret) = 0;
  /// Whether agree() returns at once for this key, because its result is at hand.
  [[nodiscard]] virtual bool agrees_at_once(const PublicKey& peer) const = 0;
  /// ECDSA on P-256 over SHA-256 of the message, with this node's private key.
  [[nodiscard]] virtual bool sign(ByteView message, Signature& signature) = 0;
  [[nodiscard]] virtual bool verify(const PublicKey& signer, ByteView message,
                                    const Signature& signature) = 0;
  /// This node's public key.
  [[nodiscard]] virtual const PublicKey& public_key() const = 0;
};

}  // namespace dsn::core
