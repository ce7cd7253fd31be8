// SPDX-License-Identifier: Apache-2.0
// Any crypto port, under watch: no key may ever seal twice with one nonce
// (protocol.md [nonce-once]), and what observers must not say is not sealed.
#pragma once

#include <memory>
#include <unordered_set>
#include <utility>

#include "base/siphash.hpp"
#include "sim/crypto_decorator.hpp"
#include "sim/observer_watch.hpp"

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
  WatchedCrypto(std::unique_ptr<CryptoPort> port, NonceRegister& nonces, ObserverWatch* observers)
      : CryptoDecorator(std::move(port)), nonces_(nonces), observers_(observers) {}

  bool seal(const AeadKey& key, std::span<const std::uint8_t, kAeadNonceBytes> nonce,
            ByteView additional_data, ByteView plaintext, MutableBytes sealed) override {
    nonces_.note(key, nonce);
    if (observers_ != nullptr) observers_->note_sealed(*this, plaintext);
    return CryptoDecorator::seal(key, nonce, additional_data, plaintext, sealed);
  }

 private:
  NonceRegister& nonces_;
  ObserverWatch* observers_;  // null: there are none
};

}  // namespace dsn::sim
