// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/replica_store.hpp"

#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// What a new replica means. True if the owner signed another state than this one at its version.
bool ReplicaStore::changed(Peer& peer, Source source, SessionId session, Instant now) {
  PeerCopy& copy = peer.copy;
  copy.session = session;
  copy.relayed = source == Source::relay;
  copy.changed = now;
  copy.unheld.reset();
  if (source == Source::owner) copy.high_water = {};  // the owner itself has spoken since
  peers_.replica_changed(peer);
  return checkpoints_.replica_changed(peer, now);
}

ReplicaStore::Taken ReplicaStore::took(Peer& peer, Replica::Outcome outcome, Instant now) {
  const bool applied = outcome == Replica::Outcome::applied;
  return {outcome, applied && changed(peer, Source::owner, peer.session.peer, now)};
}

ReplicaStore::Taken ReplicaStore::take(Peer& peer, const Replica::Change& change,
                                       const ClockReading& clock, Effects& effects) {
  checkpoints_.about_to_change(peer, change.version, change.leaves_head);
  return took(peer, peer.copy.replica.apply(change, clock, peer.id, effects), clock.at);
}

ReplicaStore::Taken ReplicaStore::take(Peer& peer, const wire::Snapshot& snapshot,
                                       const ClockReading& clock, Instant now, Effects& effects) {
  checkpoints_.about_to_change(peer, snapshot.version, false);
  return took(peer, peer.copy.replica.apply(snapshot, clock, peer.id, effects), now);
}

ReplicaStore::Taken ReplicaStore::replace(Peer& peer, const wire::Snapshot& snapshot,
                                          const ClockReading& clock, Instant now,
                                          Effects& effects) {
  checkpoints_.about_to_change(peer, snapshot.version, false);
  return took(peer, peer.copy.replica.replace(snapshot, clock, peer.id, effects), now);
}

// protocol.md [memory-share] [memory-yields]
bool ReplicaStore::make_room(Peer& peer, std::size_t bytes, Instant now) {
  if (memory_.take(peer, bytes)) return true;
  if (!could_take(peer, bytes, now)) return false;
  drop_copies(peer);
  while (!memory_.take(peer, bytes)) give_up(*memory_.first_to_yield(peer), now);
  return true;
}

bool ReplicaStore::could_take(Peer& peer, std::size_t bytes, Instant now) {
  if (memory_.could_take(&peer, bytes)) return true;
  note_unheld(peer, bytes, now);
  return false;
}

void ReplicaStore::note_unheld(Peer& peer, std::size_t bytes, Instant now) {
  if (!peer.copy.unheld) peer.copy.unheld = UnheldState{.since = now};
  peer.copy.unheld->bytes = bytes;
  peer.copy.unheld->again = now + kUnheldPause;
}

void ReplicaStore::drop_copies(Peer& peer) {
  peer.copy.set_aside = {};
  if (!peer.copy.checkpoint || peer.copy.checkpoint->in_replica) return;
  peer.copy.checkpoint.reset();
  peers_.checkpoint_changed(peer);
}

// What is within the node's share stays, and a state is not cut.
void ReplicaStore::give_up(Peer& peer, Instant now) {
  PeerCopy& copy = peer.copy;
  const StateVersion version = copy.checkpoint ? copy.checkpoint->head.version : StateVersion{};
  drop_copies(peer);
  const std::size_t bytes = copy.replica.store().encoded_bytes();
  if (bytes <= kReplicaShareBytes) return;
  counters_.add(peer.is_lost() ? Counter::gave_up_gone : Counter::gave_up_newer);
  note_unheld(peer, bytes, now);
  copy.unheld->given_up = true;
  copy.unheld->signed_version = version;
  copy.replica = {};
  copy.checkpoint.reset();
  copy.session = {};
  copy.relayed = false;
  peers_.replica_changed(peer);
}

// Of the new run no clock is known yet.
void ReplicaStore::start_over(Peer& peer, Instant now) {
  peer.copy.replica = {};
  peer.copy.set_aside = {};
  if (peer.copy.checkpoint && peer.copy.checkpoint->in_replica) peer.copy.checkpoint.reset();
  changed(peer, Source::owner, {}, now);
}

// What the owner itself sent at a higher version stays, and so does all of another session in which
// it is heard now, or was. The older state is kept beside it, for others.
// protocol.md [relay-replica]
ReplicaStore::Relayed ReplicaStore::take_relayed(Peer& peer, const StoredHead& head,
                                                 const Transfer& transfer,
                                                 const wire::EntryMap& entries, Instant now,
                                                 Effects& effects) {
  Replica& replica = peer.copy.replica;
  // A session whose incarnation is known from the owner itself is not replaced by another session
  // of the same incarnation.
  const bool other_run = peer.session.confirmed && peer.session.peer != head.session &&
                         (peer.reachable() || peer.run.relayed_session != head.session);
  const bool higher = head.version > replica.version() ||
                      (head.version == replica.version() && !peer.reachable()) ||
                      has_bug(InjectedBug::relayed_lower_version);
  const ClockReading& clock = transfer.clock();
  const Instant clock_zero = clock.at - std::chrono::milliseconds(clock.clock_ms);
  StateCopy copy{head.version, Bytes(transfer.bytes().begin(), transfer.bytes().end()), clock_zero};
  bool in_replica = false;
  bool differs = false;
  if (higher && !other_run && make_room(peer, copy.canonical.size(), now)) {
    checkpoints_.about_to_change(peer, head.version, false);
    const bool own_relation = peer.copy.session == head.session;
    const auto outcome =
        replica.adopt({head.version, entries}, clock, own_relation, peer.id, effects);
    in_replica = outcome != Replica::Outcome::too_large;
    // Of two relays that tell the age, the one that tells the greater age is believed.
    if (in_replica) replica.note_proven_clock(clock.clock_ms, clock.at);
    if (outcome == Replica::Outcome::applied) {
      differs = changed(peer, Source::relay, head.session, now);
    }
  }
  if (!checkpoints_.adopt(peer, head, std::move(copy), in_replica)) return Relayed::no_room;
  peer.copy.changed = now;
  return differs ? Relayed::differs : Relayed::taken;
}

void ReplicaStore::take_relayed_head(Peer& peer, const StoredHead& head, std::uint64_t clock_ms,
                                     Instant now) {
  if (peer.copy.session == head.session) peer.copy.replica.note_proven_clock(clock_ms, now);
  checkpoints_.take_head_of_same_state(peer, head);
}

}  // namespace dsn::core
