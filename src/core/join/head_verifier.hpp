// SPDX-License-Identifier: Apache-2.0
// The one place where signatures of heads are verified: all together may take a tenth of a small
// board's time (docs/protocol.md, section 9).
#pragma once

#include <algorithm>
#include <functional>

#include "core/common/limits.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/session/crypto_port.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

class HeadVerifier {
 public:
  explicit HeadVerifier(CryptoPort& crypto) : crypto_(crypto) {}

  enum class Verdict : std::uint8_t {
    valid,
    forged,
    not_now,  ///< the budget is spent
  };
  [[nodiscard]] Verdict verify(const PublicKey& signer, const wire::SignedHead& head, Instant now) {
    if (!budget_.take(now)) return Verdict::not_now;
    Signature signature;
    std::ranges::copy(head.signature, signature.begin());
    if (!verify_head(crypto_, signer, head.head, signature)) return Verdict::forged;
    if (on_valid) on_valid(head, now);
    return Verdict::valid;
  }
  /// Called for each head that its owner did sign.
  std::function<void(const wire::SignedHead& head, Instant now)> on_valid;
  /// When the next one can be verified.
  [[nodiscard]] Instant available_at(Instant now) { return budget_.available_at(now); }

 private:
  CryptoPort& crypto_;
  TokenBucket budget_{kVerificationsPerSecond};
};

}  // namespace dsn::core
