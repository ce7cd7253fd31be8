// SPDX-License-Identifier: Apache-2.0
// Decides which nodes live (docs/protocol.md, section 7.4). A node lives as long as it sends
// authentic frames, or others pass on beats of it.
#pragma once

#include <utility>
#include <vector>

#include "core/common/effects.hpp"
#include "core/liveness/heartbeats.hpp"
#include "core/liveness/rumours.hpp"
#include "core/liveness/suspicion.hpp"
#include "core/liveness/syn_sender.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// Writes Peer::life, with its parts Heartbeats and Suspicion. It also shows the replica which
/// session clock the owner's beats prove.
class Liveness {
 public:
  Liveness(CryptoPort& crypto, PeerTable& peers, SynSender& syns, RumourSpreader& rumours,
           Outbox& outbox, Random& random)
      : peers_(peers),
        rumours_(rumours),
        outbox_(outbox),
        heartbeats_(crypto),
        suspicion_(peers, syns, rumours, outbox, random) {}

  /// An authentic frame of the peer was opened. Returns true if the set of members changed.
  bool heard(Peer& peer, Instant now, Effects& effects);
  /// The peer told its own beat, and beats of others. Returns true if the set of members changed.
  bool handle_rumours(Peer& teller, const wire::Rumours& rumours, Instant now, Effects& effects);
  /// The peer asks for signs of life of others.
  void handle_late(Peer& peer, const wire::Late& late, Instant now, Effects& effects);
  /// The peer said good-bye: the set of members changed.
  void handle_bye(Peer& peer, const wire::Bye& bye, Instant now, Effects& effects);
  /// A head of the peer was verified.
  void head_verified(Peer& peer, const Head& head, Instant now) {
    heartbeats_.take_anchor(peer, head, now);
  }
  /// Whether the beat belongs to the chain that the head begins.
  [[nodiscard]] bool is_proven(const Head& head, const wire::Beat& beat, Instant now) {
    return heartbeats_.is_proven(head, beat, now);
  }

  /// How long a gone node is kept from now on.
  void set_retain(Duration retain, Instant now);
  [[nodiscard]] Duration retain() const { return retain_; }
  /// Nobody was heard before; from now on nodes are awaited that should be there.
  void started(Instant now) { awaiting_since_ = now; }
  /// Whether this machine has a network, so that anybody could be heard.
  void set_online(bool is_online, Instant now);
  /// When those who should be there and were not heard are gone.
  [[nodiscard]] Instant awaited_until() const {
    return awaiting_since_ + (is_offline_ ? kAwaitedOfflineMax : kAwaitedMax);
  }
  /// The peer was there in an earlier run, which heard it so long ago. With `silence` it then said
  /// that it sleeps for so much longer.
  void remember(Peer& peer, Duration absent, Duration silence, Instant now);

  /// The peer is new in the table, or was taken from a relay: its verdict may be the next one due.
  void schedule_verdict(const Peer& peer, Instant now);
  /// Another node does not list the peer as a member: the same as if it had sent LATE.
  void note_lost_to_others(Peer& peer, Instant now);
  /// An anti-entropy round with a peer begins.
  void round_begun() { answered_rounds_ <<= 1; }
  /// The peer answered the last round.
  void round_answered() { answered_rounds_ |= 1; }
  /// The peer did not answer the last round.
  void round_unanswered(Peer& peer, Instant now);
  /// Nobody called us for long past the deadline: no verdicts for now, because it was us who did
  /// not hear the others.
  void note_own_lag(Instant now);

  /// A relay is the only one who shows the peer: it is gone, until more is known.
  void found_by_relay(Peer& peer, Instant now);
  /// A relay showed that the peer lived at `heard`, by a beat of the session that signed the head.
  static void heard_by_relay(Peer& peer, const StoredHead& head, const wire::Beat& beat,
                             Instant heard);
  /// A relay passed on a head of the peer, which left if the head says so. `is_new`: the peer was
  /// found by this relay, so that its state is reported in any case.
  void head_by_relay(Peer& peer, const StoredHead& head, bool is_new, Instant now,
                     Effects& effects);

  /// Returns those who are gone now. The set of members changed if there are any.
  [[nodiscard]] std::vector<const Peer*> handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(due_, suspicion_.next_deadline()); }

  /// The addresses of members that have become silent since the last call: they may have this node
  /// for another one, and are to be greeted anew.
  [[nodiscard]] std::vector<Endpoint> take_silent() { return std::exchange(silent_, {}); }

  /// Tells all peers that we stop. False if the call was full: call again.
  bool say_bye(const wire::Bye& bye, const wire::SignedHead* head, Effects& effects);

 private:
  bool is_alive(Peer& peer, Instant now, Effects& effects);
  bool judge(Peer& peer, Instant now, Effects& effects);
  void suspect(Peer& peer, Instant now);
  [[nodiscard]] bool is_deaf(Instant now) const;
  void enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now, Effects& effects,
             bool returned = false);
  [[nodiscard]] Instant verdict_of(const Peer& peer, Instant now) const;
  [[nodiscard]] Duration silence_max() const;

  PeerTable& peers_;
  RumourSpreader& rumours_;
  Outbox& outbox_;
  Heartbeats heartbeats_;
  Suspicion suspicion_;
  Instant due_ = kNever;  // of verdicts
  Duration retain_ = kRetain;
  Instant awaiting_since_{};
  bool is_offline_ = false;  // no network, and nobody heard yet
  Instant anybody_heard_{};
  Instant awake_since_{};                // after we slept ourselves
  std::uint32_t answered_rounds_ = ~0U;  // a bit for each round, the last one lowest
  std::size_t bye_position_ = 0;
  std::vector<Endpoint> silent_;
};

}  // namespace dsn::core
