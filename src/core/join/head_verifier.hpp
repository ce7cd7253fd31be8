// SPDX-License-Identifier: Apache-2.0
// The only place where heads of other nodes are verified. All verifications together may take a
// tenth of the machine's time (docs/protocol.md, section 9).
#pragma once

#include <deque>

#include "core/common/rate_limiter.hpp"
#include "core/liveness/liveness.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// One half of the budget is for the heads of peers, which wait for their turn, the other for heads
/// that relays hand out. Each half may use what the other does not need.
class HeadVerifier {
 public:
  HeadVerifier(CryptoPort& crypto, PeerTable& peers, Liveness& liveness, double per_second)
      : crypto_(crypto),
        peers_(peers),
        liveness_(liveness),
        of_peers_(per_second / 2),
        of_relays_(per_second / 2) {}

  enum class Verdict : std::uint8_t {
    valid,
    forged,
    not_now,  ///< the budget is spent
  };
  /// Verifies the newest head of a peer, if it is its turn; a valid head is shown to Liveness,
  /// because it proves the first beat of a segment. Otherwise the peer waits, once, whatever heads
  /// it has until then; take_turn names it when it is to be tried again.
  [[nodiscard]] Verdict verify(const Peer& peer, const wire::SignedHead& head, Instant now);
  /// The same for a head that a relay handed out. It does not wait: the relay is asked again.
  [[nodiscard]] Verdict verify_relayed(const PublicKey& signer, const wire::SignedHead& head,
                                       Instant now);
  /// The next peer whose head can be verified now: of those that are known for long the one that
  /// waits for longest, and if there is none, of the others. Null if it is nobody's turn.
  [[nodiscard]] Peer* take_turn(Instant now);
  /// When it is somebody's turn.
  [[nodiscard]] Instant next_deadline(Instant now);

 private:
  [[nodiscard]] bool is_valid(const PublicKey& signer, const wire::SignedHead& head, Instant now);
  [[nodiscard]] bool take_for_peer(Instant now);
  [[nodiscard]] bool relays_want_none(Instant now) const;

  CryptoPort& crypto_;
  PeerTable& peers_;
  Liveness& liveness_;
  TokenBucket of_peers_;
  TokenBucket of_relays_;
  std::deque<NodeId> waiting_;
  NodeId turn_of_{};         // its verification is paid for
  Instant relay_refused_{};  // when there was nothing left for one
};

}  // namespace dsn::core
