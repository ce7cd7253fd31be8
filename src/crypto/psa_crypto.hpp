// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "core/session/crypto_port.hpp"
#include "crypto/identity.hpp"

namespace dsn {

/// The core's cryptography over PSA, with calls that exist both in mbedTLS 2.28 and 3.6. Every
/// operation imports its key, uses and destroys it, so no slot of the library is held in between.
/// Needs initialise_crypto() first. Not thread-safe, as the library is not.
class PsaCrypto final : public CryptoPort {
 public:
  explicit PsaCrypto(Identity identity);

  [[nodiscard]] bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                          ByteView additional_data, ByteView plaintext,
                          MutableBytes sealed) override;
  [[nodiscard]] bool open(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
                          ByteView additional_data, ByteView sealed,
                          MutableBytes plaintext) override;
  void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) override;
  Digest256 sha256(ByteView message) override;
  [[nodiscard]] bool agree(const PublicKey& peer, SharedSecret& secret) override;
  /// Deterministic (RFC 6979): a random generator that repeats itself after a boot cannot give
  /// the private key away.
  [[nodiscard]] bool sign(ByteView message, Signature& signature) override;
  [[nodiscard]] bool verify(const PublicKey& signer, ByteView message,
                            const Signature& signature) override;
  [[nodiscard]] const PublicKey& public_key() const override { return identity_.public_key; }

  /// What agree() gave for a peer in an earlier run, to spare it the work: 14 ms on the smallest
  /// boards, for each of a thousand peers.
  void remember(const PublicKey& peer, const SharedSecret& secret);

 private:
  Identity identity_;
  std::map<PublicKey, SharedSecret> remembered_;
};

}  // namespace dsn
