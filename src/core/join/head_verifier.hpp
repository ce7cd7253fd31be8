// SPDX-License-Identifier: Apache-2.0
// The only place where signatures of heads are verified. All verifications together may take a
// tenth of the machine's time (docs/protocol.md, section 9).
#pragma once

#include "core/common/rate_limiter.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

class HeadVerifier {
 public:
  HeadVerifier(CryptoPort& crypto, PeerTable& peers, Liveness& liveness, double per_second)
      : crypto_(crypto), peers_(peers), liveness_(liveness), budget_(per_second) {}

  enum class Verdict : std::uint8_t {
    valid,
    forged,
    not_now,  ///< the budget is spent
  };
  /// A valid head is shown to Liveness, because it proves the first beat of a segment.
  [[nodiscard]] Verdict verify(const PublicKey& signer, const wire::SignedHead& head, Instant now);
  /// When the next head can be verified.
  [[nodiscard]] Instant available_at(Instant now) { return budget_.available_at(now); }

 private:
  CryptoPort& crypto_;
  PeerTable& peers_;
  Liveness& liveness_;
  TokenBucket budget_;
};

}  // namespace dsn::core
