// SPDX-License-Identifier: Apache-2.0
// Fetches states of owners that do not answer from whoever holds them
// (docs/protocol.md, section 7.6).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/checkpoint_store.hpp"
#include "core/join/head_verifier.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/state/local_node.hpp"
#include "core/state/transfer.hpp"

namespace dsn::core {

/// Believes only what the owner signed. PULL goes to the node that named the state in anti-entropy;
/// what it answers must be newer than what is held, and be what the head names. Where it is not,
/// what is said of this origin is ignored for a while, which doubles each time.
class RelayedPuller {
 public:
  RelayedPuller(CryptoPort& crypto, const LocalNode& self, const NetworkId& network,
                PeerTable& peers, CheckpointStore& checkpoints, HeadVerifier& verifier,
                ReplicaBudget& memory, Outbox& outbox, Random& random, Counters& counters)
      : crypto_(crypto),
        self_(self),
        network_(network),
        peers_(peers),
        checkpoints_(checkpoints),
        verifier_(verifier),
        memory_(memory),
        outbox_(outbox),
        random_(random),
        counters_(counters) {}

  /// A peer named a state of an origin that does not answer us, or that we do not know.
  void note_item(const wire::DigestItem& item, const Peer& teller, Instant now);

  void handle_origin(Peer& from, const wire::Origin& origin, Instant now, Effects& effects);
  void handle_manifest(Peer& from, const wire::Manifest& manifest, Instant now, Effects& effects);
  void handle_chunk(Peer& from, const wire::Chunk& chunk, Instant now, Effects& effects);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_; }

  /// Makes a peer of an origin that was never met; nothing if there is no room.
  std::function<Peer*(const PublicKey& key, const NodeId& id, Instant now)> introduce;
  /// The verdict on a peer's life may be due earlier.
  std::function<void(const Peer& peer, Instant now)> on_taken;
  /// Whether states of this node are wanted.
  std::function<bool(const NodeId& id, std::string_view name)> admits;
  /// Whether the beat belongs to the chain that the head begins.
  std::function<bool(const Head& head, const wire::Beat& beat, Instant now)> is_proven;

 private:
  /// What the owner signed of the state that is being fetched, verified.
  struct Found {
    NodeId id;
    PublicKey key{};
    std::string name;
    StoredHead head;
    wire::Beat beat;
  };
  struct Fetch {
    std::uint64_t prefix = 0;
    NodeId from;
    StateVersion told;
    Instant due{};
    Instant asked{};  ///< first; no clock in an answer is older
    std::size_t transmissions = 0;
    std::optional<Found> found;
    std::unique_ptr<Transfer> transfer;
  };
  Fetch* find(std::uint64_t prefix, const Peer& from);
  void end(std::uint64_t prefix);
  void fail(std::uint64_t prefix, Instant now);
  [[nodiscard]] bool is_paused(std::uint64_t prefix, Instant now) const;
  [[nodiscard]] bool is_news(const NodeId& id, const StoredHead& head,
                             const wire::Beat& beat) const;
  [[nodiscard]] bool fits(const Fetch& fetch, const wire::Manifest& manifest);
  [[nodiscard]] bool is_expired(const Found& found, std::uint64_t clock_ms, Instant asked,
                                Instant now) const;
  [[nodiscard]] bool is_needless(const Fetch& fetch);
  bool transmit(Fetch& fetch, Instant now, Effects& effects);
  void send_pull(Fetch& fetch, Peer& from, Instant now, Effects& effects);
  void send_want(Fetch& fetch, Peer& from, Instant now, Effects& effects);
  void take(Fetch& fetch, Instant now, Effects& effects);
  Peer* peer_for(const Found& found, Instant now);
  void write_replica(Peer& peer, const Fetch& fetch, const wire::EntryMap& entries, Instant now,
                     Effects& effects);
  static void note_beat(Peer& peer, const StoredHead& head, const wire::Beat& beat);
  void note_left(Peer& peer, const StoredHead& head, Instant now, Effects& effects);
  [[nodiscard]] std::size_t under_way() const;

  CryptoPort& crypto_;
  const LocalNode& self_;
  const NetworkId network_;
  PeerTable& peers_;
  CheckpointStore& checkpoints_;
  HeadVerifier& verifier_;
  ReplicaBudget& memory_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;
  std::vector<Fetch> fetches_;
  std::map<std::uint64_t, Backoff> backoffs_;  // by prefix
  Instant due_ = kNever;
};

}  // namespace dsn::core
