// SPDX-License-Identifier: Apache-2.0
// Any crypto port, under watch: no key may ever seal twice with one nonce
// (protocol.md [nonce-once]).
#pragma once

#include <memory>
#include <unordered_set>
#include <utility>

#include "base/siphash.hpp"
#include "sim/crypto_decorator.hpp"

namespace dsn::sim {

using namespace core;

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

class WatchedCrypto final : public CryptoDecorator {
 public:
  WatchedCrypto(std::unique_ptr<CryptoPort> port, NonceRegister& nonces)
      : CryptoDecorator(std::move(port)), nonces_(nonces) {}

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
    nonces_.note(key, nonce);
    return CryptoDecorator::seal(key, nonce, additional_data, plaintext, sealed);
  }

 private:
  NonceRegister& nonces_;
};

}  // namespace dsn::sim
