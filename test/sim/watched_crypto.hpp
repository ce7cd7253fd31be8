// SPDX-License-Identifier: Apache-2.0
// Any crypto port, under watch: no key may ever seal twice with one nonce
// (protocol.md [nonce-once]).
#pragma once

#include <memory>
#include <unordered_set>
#include <utility>

#include "base/siphash.hpp"
#include "core/crypto_port.hpp"

namespace dsn::sim {

/// The nonces of all keys of a network, as fingerprints of 64 bits: among the million or so that a
/// run makes, two that are the same by chance are one case in ten million.
class NonceRegister {
 public:
  void note(const AeadKey& key, ByteView nonce) {
    reused_ |= !used_.insert(siphash24(key.key.view(), nonce)).second;
  }
  [[nodiscard]] bool reused() const { return reused_; }

 private:
  std::unordered_set<std::uint64_t> used_;
  bool reused_ = false;
};

class WatchedCrypto final : public CryptoPort {
 public:
  WatchedCrypto(std::unique_ptr<CryptoPort> port, NonceRegister& nonces)
      : port_(std::move(port)), nonces_(nonces) {}

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
    nonces_.note(key, nonce);
    return port_->seal(key, nonce, additional_data, plaintext, sealed);
  }
  bool open(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView sealed, MutableBytes plaintext) override {
    return port_->open(key, nonce, additional_data, sealed, plaintext);
  }
  void hkdf(ByteView salt, ByteView input_key, ByteView info, MutableBytes output) override {
    port_->hkdf(salt, input_key, info, output);
  }
  Digest256 sha256(ByteView message) override { return port_->sha256(message); }
  bool agree(const PublicKey& peer, SharedSecret& secret) override {
    return port_->agree(peer, secret);
  }
  bool sign(ByteView message, Signature& signature) override {
    return port_->sign(message, signature);
  }
  bool verify(const PublicKey& signer, ByteView message, const Signature& signature) override {
    return port_->verify(signer, message, signature);
  }
  const PublicKey& public_key() const override { return port_->public_key(); }

 private:
  std::unique_ptr<CryptoPort> port_;
  NonceRegister& nonces_;
};

}  // namespace dsn::sim
