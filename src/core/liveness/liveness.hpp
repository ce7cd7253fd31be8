// SPDX-License-Identifier: Apache-2.0
// Who lives (docs/protocol.md, section 7.4): whoever shows authentic frames of its own, or beats of
// its own that others heard.
#pragma once

#include "core/common/deadline_queue.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/anti_entropy.hpp"
#include "core/liveness/heartbeats.hpp"
#include "core/liveness/rumours.hpp"
#include "core/liveness/suspicion.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

class Liveness {
 public:
  Liveness(CryptoPort& crypto, PeerTable& peers, AntiEntropy& anti_entropy, RumourSpreader& rumours,
           Outbox& outbox, Random& random)
      : peers_(peers),
        anti_entropy_(anti_entropy),
        rumours_(rumours),
        outbox_(outbox),
        heartbeats_(crypto),
        suspicion_(peers, anti_entropy, rumours, outbox, random) {}

  /// An authentic frame of the peer was opened. Returns true if the set of members changed.
  bool heard(Peer& peer, Instant now, Effects& effects);
  /// Beats of the peer and of others. Returns true if the set of members changed.
  bool handle_rumours(Peer& peer, const wire::Rumours& rumours, Instant now, Effects& effects);
  void handle_late(Peer& peer, const wire::Late& late, Instant now, Effects& effects);
  /// A head of the peer was verified.
  void head_verified(Peer& peer, const Head& head, Instant now) {
    heartbeats_.take_anchor(peer, head, now);
  }
  [[nodiscard]] bool is_proven(const Head& head, const wire::Beat& beat, Instant now) {
    return heartbeats_.is_proven(head, beat, now);
  }
  /// Returns true if the set of members changed.
  bool handle_bye(Peer& peer, wire::ByeReason reason, Instant now, Effects& effects);
  /// The peer was met and is to be forgotten if it does not prove itself.
  void met(const Peer& peer, Instant now);
  /// A session was agreed with the peer, but no frame of it came yet: knock until one does, or
  /// until as many bytes have gone to `from` as came from there.
  /// The peer is no member to somebody else: the same as if he had asked for a sign of life.
  void note_lost_to_others(Peer& peer, Instant now);
  void begin_knocking(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now);
  /// We were not called for so long that it is no wonder if we heard nobody: no verdicts for now.
  void note_own_lag(Instant now);

  /// Returns true if the set of members changed.
  bool handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const {
    return std::min({due_, knocks_.earliest(), suspicion_.next_deadline()});
  }

  /// Tells all peers that we stop. False if the call was full: call again.
  bool say_bye(wire::ByeReason reason, Effects& effects);

 private:
  bool is_alive(Peer& peer, Instant now, Effects& effects);
  bool judge(Peer& peer, Instant now, Effects& effects);
  void suspect(Peer& peer, Instant now);
  [[nodiscard]] bool is_deaf(Instant now) const;
  void knock_due(Instant now, Effects& effects);
  void knock(Peer& peer, Instant now, Effects& effects);
  void enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now, Effects& effects);
  [[nodiscard]] Instant verdict_of(const Peer& peer, Instant now) const;
  [[nodiscard]] Duration silence_max() const;

  PeerTable& peers_;
  AntiEntropy& anti_entropy_;
  RumourSpreader& rumours_;
  Outbox& outbox_;
  Heartbeats heartbeats_;
  Suspicion suspicion_;
  Instant due_ = kNever;  // of verdicts
  DeadlineQueue knocks_;
  Instant anybody_heard_{};
  Instant awake_since_{};  // after we slept ourselves
  std::size_t bye_position_ = 0;
};

}  // namespace dsn::core
