// SPDX-License-Identifier: Apache-2.0
// Which incarnation each peer has reached, and the signed head that proves it
// (docs/protocol.md, section 6.1).
#pragma once

#include "core/join/head_verifier.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/head.hpp"

namespace dsn::core {

/// A new incarnation counts once a head is held that proves it. Should the peer come back without
/// its memory, its own signature tells it how far it had got. Writes Peer::run.
class Incarnations {
 public:
  Incarnations(PeerTable& peers, HeadVerifier& verifier) : peers_(peers), verifier_(verifier) {}

  /// Whether the head is of a session that the peer has left behind.
  [[nodiscard]] static bool is_stale(const Peer& peer, const Head& head);
  /// The peer named this version in HELLO or WELCOME.
  static void announced(Peer& peer, const StateVersion& version) { peer.run.announced = version; }

  /// Takes the head of a HELLO or WELCOME, if it is worth more than the one that is kept. False if
  /// it is forged.
  bool take_head(Peer& peer, const wire::SignedHead& signed_head, const Head& head, Instant now);
  /// Takes a head of a higher incarnation that was verified elsewhere.
  static void take_verified(Peer& peer, const StoredHead& head) { peer.run.head = head; }
  /// Verifies the head that is kept of the peer, if that has not been done and may be done now.
  void verify_kept(Peer& peer, Instant now);
  /// Whether a kept head proves this incarnation. Verifies it, if that has not been done and may be
  /// done now.
  [[nodiscard]] bool has_evidence(Peer& peer, std::uint32_t incarnation, Instant now);
  /// Whether the peer is to be asked for a head now. Not more often than every kHeadAskInterval.
  [[nodiscard]] static bool may_ask(Peer& peer, Instant now);

  /// The peer itself spoke of this incarnation, which is proven.
  static void reached(Peer& peer, std::uint32_t incarnation);
  /// The first frame of the current session was opened.
  static void session_confirmed(Peer& peer);
  /// A verified head came from a relay, with its state.
  void take_relayed(Peer& peer, const StoredHead& head);

 private:
  PeerTable& peers_;
  HeadVerifier& verifier_;
};

}  // namespace dsn::core
