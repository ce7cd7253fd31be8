// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/checkpoint_store.hpp"

#include <utility>

#include "core/state/state_root.hpp"

namespace dsn::core {

// protocol.md [head-own]
CheckpointStore::HeadResult CheckpointStore::handle_head(Peer& peer,
                                                         const wire::SignedHead& signed_head,
                                                         Instant now) {
  const std::optional<Head> head = decode_head(signed_head.head);
  if (!head || head->id != peer.id || !keys_.is_ours(head->network) ||
      head->session != peer.session.peer) {
    counters_.add(Counter::drop_unwanted);
    return {};
  }
  StoredHead stored = stored_head(signed_head, *head);
  Incarnations::take_head(peer, stored);
  const StoredHead& newest = peer.copy.coming_head.encoded.empty() && peer.copy.checkpoint
                                 ? peer.copy.checkpoint->head
                                 : peer.copy.coming_head;
  if (!newest.encoded.empty() && !stored.supersedes(newest)) return {.key_mark = head->key_mark};
  peer.copy.coming_head = std::move(stored);
  peer.copy.coming_head_verified = false;
  return {.is_news = true, .differs = settle(peer, now), .key_mark = head->key_mark};
}

bool CheckpointStore::has_root(const ShortHash& root, ByteView canonical) {
  return state_root(crypto_, canonical) == root;
}

void CheckpointStore::about_to_change(Peer& peer, const StateVersion& target, bool signed_by_word) {
  leaving_ = {};
  const StateVersion at = peer.copy.replica.version();
  if (at.incarnation == 0 || target < at || (target == at && !peer.pull.request.complete_state))
    return;
  const bool is_checkpoint = peer.copy.checkpoint && peer.copy.checkpoint->in_replica;
  const bool is_awaited =
      !peer.copy.coming_head.encoded.empty() && peer.copy.coming_head.version == at;
  if (!is_checkpoint && !is_awaited && !signed_by_word) return;
  leaving_.version = at;
  leaving_.clock_zero = peer.copy.replica.local_time(0);
  peer.copy.replica.store().encode_canonical(leaving_.canonical);
}

// protocol.md [checkpoint-kept]
bool CheckpointStore::replica_changed(Peer& peer, Instant now) {
  if (!leaving_.canonical.empty()) {
    if (peer.copy.checkpoint && peer.copy.checkpoint->in_replica) {
      const bool kept = has_room(peer, leaving_, {});
      peer.copy.checkpoint->in_replica = false;
      peer.copy.checkpoint->copy = std::move(leaving_);
      if (!kept) peer.copy.checkpoint.reset();
    } else if (has_room(peer, leaving_, peer.copy.set_aside)) {
      peer.copy.set_aside = std::move(leaving_);
    }
    leaving_ = {};
  }
  return settle(peer, now);
}

// Brings a head together with its state. True if the owner signed another state than the one that
// is held under its version.
bool CheckpointStore::settle(Peer& peer, Instant now) {
  PeerCopy& copy = peer.copy;
  StoredHead& head = copy.coming_head;
  if (head.encoded.empty()) return false;
  if (copy.checkpoint && !head.supersedes(copy.checkpoint->head)) {
    head = {};
    return false;
  }
  const bool same = copy.checkpoint && head.names_the_state_of(copy.checkpoint->head);
  const bool in_replica = head.version == copy.replica.version();
  const bool aside = head.version == copy.set_aside.version;
  if (!same && !in_replica && !aside) {
    if (head.version < copy.replica.version()) head = {};  // it came too late
    return false;
  }
  if (!is_verified(peer, now)) return false;
  if (same) {
    take_head_of_same_state(peer, std::exchange(head, {}));
  } else if (in_replica) {
    return !settle_in_replica(peer);
  } else {
    settle_aside(peer);
  }
  return false;
}

void CheckpointStore::take_head_of_same_state(Peer& peer, StoredHead head) {
  peer.copy.checkpoint->head = std::move(head);
  peers_.checkpoint_changed(peer);
}

// Whether the signature of the coming head is right; a wrong one is dropped, and one that cannot be
// verified now comes up again.
// protocol.md [checkpoint-verified]
bool CheckpointStore::is_verified(Peer& peer, Instant now) {
  StoredHead& head = peer.copy.coming_head;
  if (peer.copy.coming_head_verified) return true;
  switch (verifier_.verify(peer, head.view(), now)) {
    case HeadVerifier::Verdict::valid:
      peer.copy.coming_head_verified = true;
      return true;
    case HeadVerifier::Verdict::forged:
      counters_.add(Counter::drop_forged);
      head = {};
      return false;
    case HeadVerifier::Verdict::not_now:
      break;
  }
  due_ = verifier_.next_deadline(now);
  return false;
}

// False if the replica is not the state that the head names.
bool CheckpointStore::settle_in_replica(Peer& peer) {
  Bytes canonical;
  peer.copy.replica.store().encode_canonical(canonical);
  if (!has_root(peer.copy.coming_head.root, canonical)) return false;
  install(peer, std::exchange(peer.copy.coming_head, {}), {}, true);
  return true;
}

void CheckpointStore::settle_aside(Peer& peer) {
  StateCopy state = std::exchange(peer.copy.set_aside, {});
  StoredHead head = std::exchange(peer.copy.coming_head, {});
  if (!has_root(head.root, state.canonical)) return;
  install(peer, std::move(head), std::move(state), false);
}

void CheckpointStore::install(Peer& peer, StoredHead head, StateCopy copy, bool in_replica) {
  peer.copy.checkpoint = Checkpoint{std::move(head), in_replica, std::move(copy)};
  peers_.checkpoint_changed(peer);
}

// Whether there is room for `copy` of the peer in place of `before`.
bool CheckpointStore::has_room(const Peer& peer, const StateCopy& copy, const StateCopy& before) {
  const std::size_t bytes = copy.canonical.size();
  const std::size_t replaced = before.canonical.size();
  if (bytes <= replaced || memory_.take_copy(peer, bytes - replaced)) return true;
  counters_.add(Counter::drop_memory_copy);
  return false;
}

bool CheckpointStore::adopt(Peer& peer, StoredHead head, StateCopy state, bool in_replica) {
  const StateCopy before = {};
  const auto& kept = peer.copy.checkpoint;
  if (!in_replica && !has_room(peer, state, kept ? kept->copy : before)) return false;
  install(peer, std::move(head), in_replica ? StateCopy{} : std::move(state), in_replica);
  return true;
}

std::vector<Peer*> CheckpointStore::handle_timeout(Instant now) {
  std::vector<Peer*> differing;
  if (due_ > now) return differing;
  while (Peer* peer = verifier_.take_turn(now)) {
    if (settle(*peer, now)) differing.push_back(peer);
  }
  due_ = verifier_.next_deadline(now);
  return differing;
}

}  // namespace dsn::core
