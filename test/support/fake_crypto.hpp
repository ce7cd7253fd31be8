// SPDX-License-Identifier: Apache-2.0
// A structural fake of the crypto port for tests of many nodes: the same sizes, the same refusals
// of whatever was altered, no secrecy at all. Frames are bytes here too.
#pragma once

#include <cstdint>

#include "core/session/crypto_port.hpp"

namespace dsn::test {

using namespace core;

class FakeCrypto : public CryptoPort {
 public:
  /// A key pair of its own for each seed.
  explicit FakeCrypto(std::uint64_t seed);

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override;
  bool open(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView sealed, MutableBytes plaintext) override;
  void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) override;
  Digest256 sha256(ByteView message) override;
  bool agree(const PublicKey& peer, SharedSecret& secret) override;
  [[nodiscard]] bool agrees_at_once(const PublicKey&) const override { return false; }
  bool sign(ByteView message, Signature& signature) override;
  bool verify(const PublicKey& signer, ByteView message, const Signature& signature) override;
  const PublicKey& public_key() const override { return public_key_; }

 private:
  PublicKey public_key_{};
};

}  // namespace dsn::test
