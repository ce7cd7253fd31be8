// SPDX-License-Identifier: Apache-2.0
// Takes states of other nodes into their replicas, from their owners or from relays.
#pragma once

#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/fetch/checkpoint_store.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/replica_budget.hpp"
#include "core/state/transfer.hpp"

namespace dsn::core {

/// The one place where a replica changes, and where it is said what that means for the session it
/// refers to, the digests and the checkpoints. Writes Peer::copy, together with CheckpointStore.
class ReplicaStore {
 public:
  ReplicaStore(PeerTable& peers, CheckpointStore& checkpoints, ReplicaBudget& memory,
               Counters& counters)
      : peers_(peers), checkpoints_(checkpoints), memory_(memory), counters_(counters) {}

  /// Makes room for a replica of so many bytes. Others give their states up for it if need be. If
  /// there is too little all the same, the state is noted as one that is not held.
  [[nodiscard]] bool make_room(Peer& peer, std::size_t bytes, Instant now);
  /// Whether make_room would succeed. Notes as much if not.
  [[nodiscard]] bool could_take(Peer& peer, std::size_t bytes, Instant now);

  struct Taken {
    Replica::Outcome outcome = Replica::Outcome::stale;
    bool differs = false;  ///< the owner signed another state than the one held at its version
  };
  /// Takes a change from the owner, in whose frame its clock was read just now.
  Taken take(Peer& peer, const Replica::Change& change, const ClockReading& clock,
             Effects& effects);
  /// Takes a complete state from the owner.
  Taken take(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock, Instant now,
             Effects& effects);
  /// The same for a state that replaces a different one at the same version.
  Taken replace(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock, Instant now,
                Effects& effects);

  /// The peer is in an earlier run than the one whose state is held, and nobody can prove to it
  /// that it had got further: what is held of it counts no more.
  void start_over(Peer& peer, Instant now);

  enum class Relayed : std::uint8_t {
    taken,
    differs,  ///< taken, and the owner signed another state than the one held at its version
    no_room,
  };
  /// Takes a complete state from a relay, checked against its verified head.
  Relayed take_relayed(Peer& peer, const StoredHead& head, const Transfer& transfer,
                       const wire::EntryMap& entries, Instant now, Effects& effects);
  /// A relay showed that the owner signed the state of its checkpoint once more, and that its clock
  /// had reached `clock_ms`.
  void take_relayed_head(Peer& peer, const StoredHead& head, std::uint64_t clock_ms, Instant now);

 private:
  enum class Source : std::uint8_t { owner, relay };
  bool changed(Peer& peer, Source source, SessionId session, Instant now);
  Taken took(Peer& peer, Replica::Outcome outcome, Instant now);
  void note_unheld(Peer& peer, std::size_t bytes, Instant now);
  void drop_copies(Peer& peer);
  void give_up(Peer& peer, Instant now);

  PeerTable& peers_;
  CheckpointStore& checkpoints_;
  ReplicaBudget& memory_;
  Counters& counters_;
};

}  // namespace dsn::core
