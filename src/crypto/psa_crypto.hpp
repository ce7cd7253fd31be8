// SPDX-License-Identifier: Apache-2.0
// The core's cryptography over PSA.
#pragma once

#include <map>

#include "core/session/crypto_port.hpp"
#include "crypto/identity.hpp"

namespace dsn::crypto {

/// Uses calls that exist both in mbedTLS 2.28 and 3.6. Every operation imports its key, uses it and
/// destroys it, so no slot of the library is held in between. Needs initialise_crypto() first. Not
/// thread-safe, because the library is not.
class PsaCrypto final : public core::CryptoPort {
 public:
  explicit PsaCrypto(Identity identity);

  [[nodiscard]] bool seal(const core::AeadKey& key,
                          std::span<const std::uint8_t, core::kAeadNonceBytes> nonce,
                          ByteView additional_data, ByteView plaintext,
                          MutableBytes sealed) override;
  [[nodiscard]] bool open(const core::AeadKey& key,
                          std::span<const std::uint8_t, core::kAeadNonceBytes> nonce,
                          ByteView additional_data, ByteView sealed,
                          MutableBytes plaintext) override;
  void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) override;
  core::Digest256 sha256(ByteView message) override;
  [[nodiscard]] bool agree(const core::PublicKey& peer, core::SharedSecret& secret) override;
  [[nodiscard]] bool agrees_at_once(const core::PublicKey& peer) const override {
    return remembered_.contains(peer);
  }
  /// Deterministic (RFC 6979): a random generator that repeats itself after a boot cannot give
  /// the private key away.
  [[nodiscard]] bool sign(ByteView message, core::Signature& signature) override;
  [[nodiscard]] bool verify(const core::PublicKey& signer, ByteView message,
                            const core::Signature& signature) override;
  [[nodiscard]] const core::PublicKey& public_key() const override { return identity_.public_key; }

  /// Keeps the result of agree() from an earlier run, which spares 14 ms for each peer on the
  /// smallest boards.
  void remember(const core::PublicKey& peer, const core::SharedSecret& secret);

 private:
  Identity identity_;
  std::map<core::PublicKey, core::SharedSecret> remembered_;
};

}  // namespace dsn::crypto
