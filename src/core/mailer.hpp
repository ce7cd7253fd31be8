// SPDX-License-Identifier: Apache-2.0
// Direct mail (RFC 677; Demers et al. 1987, section 1.2): a change goes at once to every peer.
#pragma once

#include <vector>

#include "core/counters.hpp"
#include "core/deadline_queue.hpp"
#include "core/effects.hpp"
#include "core/local_node.hpp"
#include "core/outbox.hpp"
#include "core/peer_table.hpp"
#include "core/rate_limiter.hpp"

#include "base/random.hpp"

namespace dsn {

/// Works in rounds: a round takes everything since the last one to all peers in random order. If
/// the token bucket runs dry on the way, what is written meanwhile goes into the same or the next
/// round, the newest value of each key only. Whoever has nothing else from us for a beat gets an
/// empty MAIL: a sign of life that also shows a lost last update (docs/protocol.md, section 7.1).
/// protocol.md [mail-owner]
class Mailer {
 public:
  Mailer(LocalNode& self, PeerTable& peers, Outbox& outbox, Random& random, Counters& counters)
      : self_(self), peers_(peers), outbox_(outbox), random_(random), counters_(counters) {}

  /// The own state has a new version.
  void own_state_changed(Instant now, Effects& effects) { pump(now, effects); }
  /// A peer can be reached now that could not be before.
  void peer_reachable(Peer& peer, Instant now) { await_beat(peer, now); }
  /// The own state goes on under another incarnation: everybody is told at once.
  void incarnation_raised();

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(pump_due_, beat_due()); }

  /// Whether the next MAIL begins with the state as it is now.
  [[nodiscard]] bool covers_own_state() const { return round_to_ == self_.state().version(); }

  /// How long a peer may be without a frame from us, for a network of this size.
  [[nodiscard]] static Duration beat(std::size_t nodes);

 private:
  void pump(Instant now, Effects& effects);
  void begin_round();
  void send_beats(Instant now, Effects& effects);
  void await_beat(Peer& peer, Instant since);
  [[nodiscard]] Instant beat_due() const;
  [[nodiscard]] bool round_under_way() const { return position_ < order_.size(); }
  CborWriter compose_mail(Instant now);
  CborWriter compose_beat(Instant now, std::uint64_t version);

  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;

  TokenBucket bucket_{kMailFramesPerSecond};
  std::vector<NodeId> order_;
  std::size_t position_ = 0;
  std::uint64_t round_from_ = 0;  // everything after this version is in this round
  std::uint64_t round_to_ = 0;    // and the next round begins here
  Instant pump_due_ = kNever;
  // Peers by when something was last sent to them. The interval is the same for all, so that this
  // is also the order in which they are due, however the network grows and shrinks.
  DeadlineQueue beats_;
};

}  // namespace dsn
