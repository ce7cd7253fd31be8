// SPDX-License-Identifier: Apache-2.0
// Probes peers that do not answer, and asks others for a sign of life of them, before anything is
// decided (SWIM, Das et al. 2002; docs/protocol.md, section 7.4).
#pragma once

#include <deque>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/liveness/rumours.hpp"
#include "core/liveness/syn_sender.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// A part of Liveness. Writes `suspected`, `probed`, `late_asked` and `askers` of Peer::life.
class Suspicion {
 public:
  Suspicion(PeerTable& peers, SynSender& syns, RumourSpreader& rumours, Outbox& outbox,
            Random& random)
      : peers_(peers), syns_(syns), rumours_(rumours), outbox_(outbox), random_(random) {}

  /// Suspects the peer from now on.
  void begin(Peer& peer, Instant now);
  /// The same, because of what another node says. False if that happens too often.
  bool begin_for_others(Peer& peer, Instant now);
  /// There is a sign of life of the peer. Those who asked for one are told.
  void end(Peer& peer, Instant now, Effects& effects);
  /// All suspicions begin anew, because it was us who did not hear the others.
  void restart(Instant now);

  /// A peer asks for signs of life of others. Returns whether a suspicion of our own began.
  bool handle_late(Peer& from, const wire::Late& late, Instant now, Effects& effects);
  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(probe_due_, ask_due_); }

 private:
  bool look_for(Peer& suspect, const Peer& asker, Instant now);
  void forget_cleared();
  void probe(Instant now, Effects& effects);
  void ask(Instant now, Effects& effects);

  PeerTable& peers_;
  SynSender& syns_;
  RumourSpreader& rumours_;
  Outbox& outbox_;
  Random& random_;

  std::deque<NodeId> suspects_;  // in the order in which they are probed next
  TokenBucket probes_{kProbesPerSecond};
  TokenBucket asked_for_{kSuspicionsAskedForPerSecond};
  Instant probe_due_ = kNever;
  Instant ask_due_ = kNever;
};

}  // namespace dsn::core
