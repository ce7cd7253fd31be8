// SPDX-License-Identifier: Apache-2.0
// Direct mail (RFC 677; Demers et al. 1987, section 1.2): a change goes at once to every peer.
#pragma once

#include <algorithm>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Works in rounds: a round sends everything since the last one to all peers, in random order, in
/// as many full datagrams as it takes. If the token bucket runs dry on the way, what is written
/// meanwhile goes into the same or the next round, with the newest value of each key only
/// (docs/protocol.md, section 7.1). protocol.md [mail-owner]
class Mailer {
 public:
  Mailer(LocalNode& self, PeerTable& peers, Outbox& outbox, Random& random, Counters& counters,
         double frames_per_second)
      : self_(self),
        peers_(peers),
        outbox_(outbox),
        random_(random),
        counters_(counters),
        pause_(std::max(kMailRoundPauseMin,
                        std::chrono::duration_cast<Duration>(
                            std::chrono::duration<double>(1 / frames_per_second)))),
        bucket_(frames_per_second, std::max<double>(frames_per_second, wire::kMailPartsMax)) {}

  /// The own state has a new version.
  void own_state_changed(Instant now, Effects& effects) {
    if (pump_due_ == kNever) pump(now, effects);
  }
  /// The own state goes on under a higher incarnation: all peers are told at once.
  void incarnation_raised(Instant now);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return pump_due_; }

  /// Whether the next MAIL begins with the state as it is now.
  [[nodiscard]] bool covers_own_state() const { return round_to_ == self_.state().version(); }

 private:
  void pump(Instant now, Effects& effects);
  void begin_round(Instant now);
  [[nodiscard]] bool round_under_way() const { return position_ < order_.size(); }
  [[nodiscard]] bool has_news() const { return announce_ || !covers_own_state(); }
  bool send_to_next(Instant now, Effects& effects);
  void compose(Instant now);
  bool encode(const wire::Update& update);
  bool encode_parts(const wire::Update& update);

  LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;

  Duration pause_;        // between the beginnings of two rounds
  Instant next_round_{};  // not before this
  TokenBucket bucket_;
  std::vector<Bytes> buffers_;
  std::vector<wire::CborWriter> mails_;  // to each peer, in `buffers_`
  std::vector<NodeId> order_;
  std::size_t position_ = 0;
  std::uint64_t round_from_ = 0;  // everything after this version is in this round
  std::uint64_t round_to_ = 0;    // and the next round begins here
  Instant pump_due_ = kNever;
  bool announce_ = false;  // a round is to be sent although nothing is new
};

}  // namespace dsn::core
