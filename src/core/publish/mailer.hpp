// SPDX-License-Identifier: Apache-2.0
// Direct mail (RFC 677; Demers et al. 1987, section 1.2): a change goes at once to every peer.
#pragma once

#include <vector>

#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Works in rounds: a round sends everything since the last one to all peers, in random order. If
/// the token bucket runs dry on the way, what is written meanwhile goes into the same or the next
/// round, with the newest value of each key only (docs/protocol.md, section 7.1). protocol.md
/// [mail-owner]
class Mailer {
 public:
  Mailer(LocalNode& self, PeerTable& peers, Outbox& outbox, Random& random, Counters& counters)
      : self_(self), peers_(peers), outbox_(outbox), random_(random), counters_(counters) {}

  /// The own state has a new version.
  void own_state_changed(Instant now, Effects& effects) { pump(now, effects); }
  /// The own state goes on under a higher incarnation: all peers are told at once.
  void incarnation_raised(Instant now);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return pump_due_; }

  /// Whether the next MAIL begins with the state as it is now.
  [[nodiscard]] bool covers_own_state() const { return round_to_ == self_.state().version(); }

 private:
  void pump(Instant now, Effects& effects);
  void begin_round();
  [[nodiscard]] bool round_under_way() const { return position_ < order_.size(); }
  wire::CborWriter compose_mail(Instant now);

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
  bool announce_ = false;  // a round is to be sent although nothing is new
};

}  // namespace dsn::core
