// SPDX-License-Identifier: Apache-2.0
// Takes in what owners send of their states, notices what is missing, and fetches it from them.
#pragma once

#include "base/random.hpp"
#include "core/common/counters.hpp"
#include "core/common/deadline_queue.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/replica_store.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// "Gossip the news, fetch from the owner": a version that we learn of starts a pull, after a
/// random moment in which the mail may still arrive. Each PULL is sent at most three times; the
/// next news of the peer begins anew. Where too many are under way, one that takes long gives way
/// to that of a node which was met earlier. Writes Peer::pull.
class Puller {
 public:
  Puller(CryptoPort& crypto, PeerTable& peers, ReplicaStore& replicas, Outbox& outbox,
         Random& random, Counters& counters)
      : crypto_(crypto),
        peers_(peers),
        replicas_(replicas),
        outbox_(outbox),
        random_(random),
        counters_(counters) {}

  /// The peer said which run this is, and how far its state has got.
  void handle_run(Peer& peer, const StateVersion& version, Instant now);
  /// The peer said that its state has this version.
  void note_version(Peer& peer, const StateVersion& version, Instant now);
  /// A part of an update to this version came. The others have some time.
  void note_part(Peer& peer, const StateVersion& version, Instant now);
  /// Another node said so.
  void note_gossip(Peer& peer, const StateVersion& version, Instant now);
  /// There is another state at the version that we hold. If the owner is a member, it is asked for
  /// its whole state.
  void note_difference(Peer& peer, Instant now);

  // Each of these returns whether the replica changed.
  bool handle_mail(Peer& peer, const wire::Update& update, const ClockReading& clock,
                   Effects& effects);
  bool handle_delta(Peer& peer, const wire::Update& update, const ClockReading& clock,
                    Effects& effects);
  bool handle_snapshot(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock,
                       Effects& effects);
  bool handle_chunk(Peer& peer, const wire::Chunk& chunk, Instant now, Effects& effects);
  void handle_manifest(Peer& peer, const wire::Manifest& manifest, Instant now, Effects& effects);

  /// The peer has an address now that is proven: what waited for that is fetched.
  void address_proven(Peer& peer, Instant now);

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_.earliest(); }

 private:
  void want(Peer& peer, const StateVersion& version, Instant when, Instant now);
  void begin_pull(Peer& peer, Instant when, bool from_gossip);
  bool take(Peer& peer, const wire::Update& update, const ClockReading& clock, Effects& effects);
  /// The clock in the snapshot was read at `read`.
  bool take(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock, Instant now,
            Effects& effects);
  void owner_answered(Peer& peer, const StateVersion& version, Instant now);
  [[nodiscard]] Duration pull_delay();
  void schedule(Peer& peer, Instant when);
  void end_pull(Peer& peer);
  void transmit(Peer& peer, Instant now, Effects& effects);
  void send_pull(Peer& peer, Instant now, Effects& effects);
  void send_want(Peer& peer, Instant now, Effects& effects);
  bool finish_transfer(Peer& peer, Instant now, Effects& effects);
  bool settle(Peer& peer, const ReplicaStore::Taken& taken, Instant now);
  void refused(Peer& peer);
  void note_under_way(const Peer& peer);
  [[nodiscard]] bool has_turn(const Peer& peer, Instant now);
  bool make_way(const Peer& peer, Instant now);
  [[nodiscard]] std::size_t large_transfers_besides(const Peer& peer) const;

  CryptoPort& crypto_;
  PeerTable& peers_;
  ReplicaStore& replicas_;
  Outbox& outbox_;
  Random& random_;
  Counters& counters_;
  TokenBucket differences_{kDifferencesPerSecond};
  DeadlineQueue due_;
  std::vector<NodeId> under_way_;  // peers whose pulls were under way when they were last sent
};

}  // namespace dsn::core
