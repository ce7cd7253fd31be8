// SPDX-License-Identifier: Apache-2.0
// Repairs what direct mail lost (Demers et al. 1987, section 1.3; docs/protocol.md, section 7.2).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/puller.hpp"
#include "core/fetch/relayed_puller.hpp"
#include "core/liveness/rumours.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/state_digest.hpp"
#include "core/publish/state_signer.hpp"

namespace dsn::core {

/// Push-pull with one live peer a round, one that was not heard of for long. SYN carries a sum
/// over everything and what changed lately; the peer answers ACK: "the same", or what it has newer,
/// and, if the recent changes do not explain the difference, 64 sums. Those lead to one LIST each
/// way. Whoever learns that it is behind pulls from the owner.
class AntiEntropy {
 public:
  AntiEntropy(PeerTable& peers, StateDigest& digest, Puller& puller, RelayedPuller& relayed_puller,
              StateSigner& checkpointer, RumourSpreader& rumours, Outbox& outbox, Random& random,
              Counters& counters)
      : peers_(peers),
        digest_(digest),
        puller_(puller),
        relayed_puller_(relayed_puller),
        signer_(checkpointer),
        outbox_(outbox),
        rumours_(rumours),
        random_(random),
        counters_(counters) {}

  /// Something changed, here or in a replica: rounds become frequent again.
  void note_change(Instant now);
  /// Sends a SYN to this peer now, outside of the rounds: a probe.
  bool send_syn(Peer& peer, Instant now, Effects& effects);
  /// Sends a SYN as short as can be into the session that is waiting for its proof. False if
  /// nothing more may go there.
  bool knock(Peer& peer, Instant now, Effects& effects);

  void handle_syn(Peer& peer, const wire::Syn& syn, Instant now, Effects& effects);
  void handle_ack(Peer& peer, const wire::Ack& ack, Instant now, Effects& effects);
  void handle_list(Peer& peer, const wire::List& list, Instant now, Effects& effects);

  /// Called when somebody shows that a member of ours is none to him.
  std::function<void(Peer& peer, Instant now)> on_lost_to_others;

  void handle_timeout(Instant now, Effects& effects);
  /// Whoever did not answer the last round, once.
  [[nodiscard]] std::optional<NodeId> take_silent() { return std::exchange(silent_, {}); }
  /// Hardly any of the last rounds was answered.
  [[nodiscard]] bool is_deaf() const;
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
  wire::CborWriter compose_syn(Peer& peer, wire::Syn& syn, Instant now);
  /// What the peer has not heard yet, behind a SYN or ACK.
  void append_news(Peer& peer, wire::CborWriter& out, Instant now);
  /// Sends our items of the buckets in `header`, in as many frames as it may take.
  void send_lists(Peer& peer, const wire::List& header, Instant now, Effects& effects);
  [[nodiscard]] static bool is_worth_buckets(Peer& peer, std::uint64_t ours, std::uint64_t theirs,
                                             Instant now);
  std::uint64_t new_token();
  void send_who(Peer& peer, Effects& effects);
  /// Takes in what the peer holds; returns the sum of (its - our) fingerprints over the items.
  std::uint64_t compare(const wire::DigestItems& items, const Peer& teller, Instant now);
  void compare_one(const wire::DigestItem& item, const wire::DigestItem& ours, Peer* origin,
                   const Peer& teller, Instant now);
  [[nodiscard]] wire::DigestItem our_item(std::uint64_t prefix, Peer*& origin);
  Peer* pick_partner();

  PeerTable& peers_;
  StateDigest& digest_;
  Puller& puller_;
  RelayedPuller& relayed_puller_;
  StateSigner& signer_;
  Outbox& outbox_;
  RumourSpreader& rumours_;
  Random& random_;
  Counters& counters_;

  Duration interval_ = kRoundMin;
  Instant round_due_ = Instant{};  // the first round is due at once
  Instant last_change_{};
  Leg leg_ = Leg::none;
  NodeId partner_;
  std::optional<NodeId> silent_;
  std::uint32_t answered_ = ~0U;  // a bit for each round, the last one lowest
  std::size_t transmissions_ = 0;
  Instant retry_due_ = kNever;
  std::uint64_t differing_buckets_ = 0;
  std::uint64_t last_token_ = 0;
  std::uint64_t list_token_ = 0;  // of the LIST that waits for its answer
  wire::Who unknown_;             // origins that a partner named and we do not know
};

}  // namespace dsn::core
