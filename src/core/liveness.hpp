// SPDX-License-Identifier: Apache-2.0
// Who lives (docs/protocol.md, section 7.4). Here a node lives while authentic frames of its own
// are heard; nothing that a third node says counts.
#pragma once

#include "core/anti_entropy.hpp"
#include "core/deadline_queue.hpp"
#include "core/effects.hpp"
#include "core/local_node.hpp"
#include "core/outbox.hpp"
#include "core/peer_table.hpp"

namespace dsn {

class Liveness {
 public:
  Liveness(PeerTable& peers, AntiEntropy& anti_entropy, Outbox& outbox)
      : peers_(peers), anti_entropy_(anti_entropy), outbox_(outbox) {}

  /// An authentic frame of the peer was opened. Returns true if the set of members changed.
  bool heard(Peer& peer, Instant now, Effects& effects);
  /// Returns true if the set of members changed.
  bool handle_bye(Peer& peer, ByeReason reason, Instant now, Effects& effects);
  /// The peer was met and is to be forgotten if it does not prove itself.
  void met(const Peer& peer, Instant now);
  /// A session was agreed with the peer, but no frame of it came yet: knock until one does, or
  /// until as many bytes have gone to `from` as came from there.
  void begin_knocking(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now);
  /// We were not called for so long that it is no wonder if we heard nobody: no verdicts for now.
  void note_own_lag(Instant now);

  /// Returns true if the set of members changed.
  bool handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(due_, knocks_.earliest()); }

  /// Tells all peers that we stop. False if the call was full: call again.
  bool say_bye(ByeReason reason, Instant now, Effects& effects);

 private:
  bool judge(Peer& peer, Instant now, Effects& effects);
  void probe(Peer& peer, Instant now, Effects& effects);
  void knock_due(Instant now, Effects& effects);
  void knock(Peer& peer, Instant now, Effects& effects);
  void members_left();
  void enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now, Effects& effects);
  [[nodiscard]] Instant verdict_of(const Peer& peer) const;
  [[nodiscard]] Instant deadline_of(const Peer& peer) const;
  [[nodiscard]] Duration beat_of(const Peer& peer) const;

  PeerTable& peers_;
  AntiEntropy& anti_entropy_;
  Outbox& outbox_;
  Instant due_ = kNever;  // of verdicts and probes
  DeadlineQueue knocks_;
  std::size_t members_ = 1;      // as of the last verdict, this node included
  Instant no_verdict_before_{};  // after we slept ourselves
  std::size_t bye_position_ = 0;
};

}  // namespace dsn
