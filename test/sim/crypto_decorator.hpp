// SPDX-License-Identifier: Apache-2.0
// A crypto port around another one; passes everything on.
#pragma once

#include <memory>
#include <utility>

#include "core/session/crypto_port.hpp"

namespace dsn::sim {

using namespace core;

class CryptoDecorator : public CryptoPort {
 public:
  explicit CryptoDecorator(std::unique_ptr<CryptoPort> port) : port_(std::move(port)) {}

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
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
  [[nodiscard]] bool agrees_at_once(const PublicKey& peer) const override {
    return port_->agrees_at_once(peer);
  }
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

 protected:
  [[nodiscard]] CryptoPort& port() { return *port_; }

 private:
  std::unique_ptr<CryptoPort> port_;
};

}  // namespace dsn::sim
