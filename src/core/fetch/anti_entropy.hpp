// SPDX-License-Identifier: Apache-2.0
// Repairs what direct mail lost (Demers et al. 1987, section 1.3; docs/protocol.md, section 7.2).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/relayed_puller.hpp"
#include "core/liveness/liveness.hpp"
#include "core/liveness/syn_sender.hpp"
#include "core/peers/answer_budget.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/state_digest.hpp"

namespace dsn::core {

/// Begins a push-pull round with one live peer at a time, one that was not heard of for long. SYN
/// carries a sum over everything and what changed lately. The peer answers ACK: "the same", or what
/// it has newer and, if the recent changes do not explain the difference, 64 sums. Those lead to
/// one LIST each way. A node that learns that it is behind pulls from the owner. Writes
/// Peer::difference.
class AntiEntropy {
 public:
  AntiEntropy(PeerTable& peers, StateDigest& digest, SynSender& syns, Liveness& liveness,
              Puller& puller, RelayedPuller& relayed_puller, AnswerBudget& answers, Outbox& outbox,
              Random& random, Counters& counters)
      : peers_(peers),
        digest_(digest),
        syns_(syns),
        liveness_(liveness),
        puller_(puller),
        relayed_puller_(relayed_puller),
        answers_(answers),
        outbox_(outbox),
        random_(random),
        counters_(counters) {}

  /// Our own state, a replica or the set of members changed: rounds become frequent again.
  void note_change(Instant now);
  void handle_syn(Peer& peer, const wire::Syn& syn, Instant now, Effects& effects);
  void handle_ack(Peer& peer, const wire::Ack& ack, Instant now, Effects& effects);
  void handle_list(Peer& peer, const wire::List& list, Instant now, Effects& effects);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return std::min(round_due_, retry_due_); }

 private:
  enum class Leg : std::uint8_t {
    none,  ///< no conversation under way
    syn,   ///< SYN sent, waiting for ACK
    list,  ///< LIST sent, waiting for the LIST that answers it
  };

  void begin_round(Instant now, Effects& effects);
  void retry(Instant now, Effects& effects);
  void transmit(Peer& peer, Instant now, Effects& effects);
  /// Sends our items of the buckets in `header`, in as many frames as it may take.
  void send_lists(Peer& peer, const wire::List& header, Instant now, Effects& effects);
  [[nodiscard]] static bool is_worth_buckets(Peer& peer, std::uint64_t ours, std::uint64_t theirs,
                                             Instant now);
  void send_who(Peer& peer, Effects& effects);
  /// Compares what the peer holds with what we hold. Returns the sum of the differences between its
  /// fingerprints and ours.
  std::uint64_t compare(const wire::DigestItems& items, const Peer& teller, Instant now);
  void compare_one(const wire::DigestItem& item, const wire::DigestItem& ours, Peer* origin,
                   const Peer& teller, Instant now);
  [[nodiscard]] wire::DigestItem our_item(std::uint64_t prefix, Peer*& origin);
  Peer* pick_partner();

  PeerTable& peers_;
  StateDigest& digest_;
  SynSender& syns_;
  Liveness& liveness_;
  Puller& puller_;
  RelayedPuller& relayed_puller_;
  AnswerBudget& answers_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;

  Duration interval_ = kRoundMin;
  Instant round_due_ = Instant{};  // the first round is due at once
  Instant last_change_{};
  Leg leg_ = Leg::none;
  NodeId partner_;
  std::size_t transmissions_ = 0;
  Instant retry_due_ = kNever;
  std::uint64_t differing_buckets_ = 0;
  std::uint64_t list_token_ = 0;  // of the LIST that waits for its answer
  wire::Who unknown_;             // origins that a partner named and we do not know
};

}  // namespace dsn::core
