// SPDX-License-Identifier: Apache-2.0
// Peers that do not answer: they are probed, and others are asked for a sign of life of them,
// before anybody judges (SWIM, Das et al. 2002; docs/protocol.md, section 7.4).
#pragma once

#include <deque>

#include "base/random.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/fetch/anti_entropy.hpp"
#include "core/liveness/rumours.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

class Suspicion {
 public:
  Suspicion(PeerTable& peers, AntiEntropy& anti_entropy, RumourSpreader& rumours, Outbox& outbox,
            Random& random)
      : peers_(peers),
        anti_entropy_(anti_entropy),
        rumours_(rumours),
        outbox_(outbox),
        random_(random) {}

  void begin(Peer& peer, Instant now);
  /// The same, because of what somebody else says. False if that happens too often.
  bool begin_for_others(Peer& peer, Instant now);
  /// There is a sign of life: whoever asked for one is told.
  void end(Peer& peer, Instant now, Effects& effects);
  /// All suspicions begin anew: it was us who did not hear.
  void restart(Instant now);

  /// Somebody asks for signs of life. Returns whether a suspicion of our own began.
  bool handle_late(Peer& from, const wire::Late& late, Instant now, Effects& effects);
  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(probe_due_, ask_due_); }

 private:
  bool look_for(Peer& suspect, const Peer& asker, Instant now);
  void forget_cleared();
  void probe(Instant now, Effects& effects);
  void ask(Instant now, Effects& effects);

  PeerTable& peers_;
  AntiEntropy& anti_entropy_;
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
