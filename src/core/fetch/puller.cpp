// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/puller.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// A map of 256 keys has a head of three bytes, an empty one of one.
constexpr std::size_t kMapHeadGrowth = 2;

}  // namespace

// protocol.md [pull-delay]
void Puller::note_version(Peer& peer, const StateVersion& version, Instant now) {
  if (version <= peer.replica.version()) return;
  peer.wanted = std::max(peer.wanted, version);
  if (peer.pull.due != kNever) return;
  const Duration spread = std::min<Duration>(1s, std::chrono::milliseconds(peers_.count()));
  begin_pull(peer, now + random_.between(Duration(0), spread), false);
}

void Puller::note_hearsay(Peer& peer, const StateVersion& version, Instant now) {
  if (version <= peer.replica.version() || now < peer.hearsay_after) return;
  const bool idle = peer.pull.due == kNever;
  note_version(peer, version, now);
  if (idle) peer.pull.hearsay = true;
}

// The owner will settle it: its whole state is fetched again.
void Puller::note_difference(Peer& peer, Instant now) {
  if (peer.pull.due != kNever || now < peer.hearsay_after || !differences_.take(now)) return;
  begin_pull(peer, now, true);
  peer.pull.complete_state = true;
}

void Puller::begin_pull(Peer& peer, Instant when, bool hearsay) {
  peer.pull = {};
  peer.pull.hearsay = hearsay;
  schedule(peer, when);
}

// Hearsay about this peer led to nothing.
// protocol.md [hearsay]
void Puller::doubt_hearsay(Peer& peer, Instant now) {
  peer.hearsay_pause =
      std::clamp<Duration>(peer.hearsay_pause * 2, kHearsayPauseMin, kHearsayPauseMax);
  peer.hearsay_after = now + peer.hearsay_pause;
}

// What the owner says of its version in an answer is newer than what made us ask.
void Puller::owner_answered(Peer& peer, const StateVersion& version, Instant now) {
  peer.wanted = version;
  peer.silent = false;
  if (!peer.pull.hearsay || peer.pull.transmissions == 0) return;
  if (version <= peer.replica.version()) {
    doubt_hearsay(peer, now);
  } else {
    peer.hearsay_pause = {};
  }
  peer.pull.hearsay = false;
}

void Puller::handle_mail(Peer& peer, const wire::Update& update, Instant now, Effects& effects) {
  apply(peer, update, now, effects);
}

void Puller::handle_delta(Peer& peer, const wire::Update& update, Instant now, Effects& effects) {
  owner_answered(peer, {update.incarnation, update.to}, now);
  apply(peer, update, now, effects);
}

void Puller::apply(Peer& peer, const wire::Update& update, Instant now, Effects& effects) {
  const bool complete = update.incarnation > peer.replica.version().incarnation;
  const std::size_t held = complete ? 0 : peer.replica.store().encoded_bytes();
  const bool changes = update.entries.count > 0;
  if (changes && !has_room_for(peer, held + update.entries.encoded.size())) return;
  checkpoints_.about_to_change(peer, {update.incarnation, update.to}, (update.flags & 1) != 0);
  const Replica::Outcome outcome = peer.replica.apply(update, now, peer.id, effects);
  if (outcome == Replica::Outcome::gap) {
    note_version(peer, {update.incarnation, update.to}, now);
    return;
  }
  if (outcome == Replica::Outcome::applied) {
    counters_.add(Counter::updates_in);
    replica_changed(peer, now);
  }
  settle(peer, outcome, now);
}

void Puller::handle_snapshot(Peer& peer, const wire::Snapshot& snapshot, Instant now,
                             Effects& effects) {
  apply(peer, snapshot, now, now, effects);
}

void Puller::apply(Peer& peer, const wire::Snapshot& snapshot, Instant read, Instant now,
                   Effects& effects) {
  if (!has_room_for(peer, snapshot.entries.encoded.size())) return;
  const bool asked_for_all = peer.pull.complete_state && peer.pull.transmissions > 0;
  checkpoints_.about_to_change(peer, snapshot.version, false);
  if (!asked_for_all) owner_answered(peer, snapshot.version, now);
  const Replica::Outcome outcome = asked_for_all
                                       ? peer.replica.replace(snapshot, read, peer.id, effects)
                                       : peer.replica.apply(snapshot, read, peer.id, effects);
  if (outcome == Replica::Outcome::applied) {
    counters_.add(Counter::snapshots_in);
    peer.fingerprint_version = {};
    replica_changed(peer, now);
  } else if (asked_for_all && outcome == Replica::Outcome::stale) {
    doubt_hearsay(peer, now);
  }
  if (asked_for_all) {
    peer.wanted = snapshot.version;
    peer.pull.complete_state = false;
  }
  settle(peer, outcome, now);
}

void Puller::replica_changed(Peer& peer, Instant now) {
  peer.replica_session = peer.session.peer;
  peer.replica_relayed = false;
  peer.silent = false;
  peer.high_water = {};  // it was heard of since
  peers_.replica_changed(peer);
  checkpoints_.replica_changed(peer, now);
}

void Puller::handle_manifest(Peer& peer, const wire::Manifest& manifest, Instant now,
                             Effects& effects) {
  const bool asked = peer.pull.due != kNever && peer.pull.transmissions > 0;
  const bool newer = manifest.version > peer.replica.version() ||
                     (peer.pull.complete_state && manifest.version == peer.replica.version());
  if (!asked || !newer || (peer.transfer && peer.transfer->version() == manifest.version)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  if (!has_room_for(peer, manifest.size)) return;
  if (!peer.pull.complete_state) owner_answered(peer, manifest.version, now);
  if (!peer.transfer && transfers_under_way() >= kTransfersMax) {
    peer.pull.transmissions = 0;
    schedule(peer, now + random_.between(kBusyDelay, 4 * kBusyDelay));
    return;
  }
  peer.transfer = std::make_unique<Transfer>(manifest, now);
  peer.pull.transmissions = 0;
  send_want(peer, now, effects);
}

void Puller::handle_chunk(Peer& peer, const wire::Chunk& chunk, Instant now, Effects& effects) {
  if (!peer.transfer || !peer.transfer->accept(crypto_, chunk)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  peer.pull.transmissions = 0;  // as long as something comes, we go on asking
  if (peer.transfer->complete()) {
    finish_transfer(peer, now, effects);
  } else if (peer.transfer->window_empty()) {
    send_want(peer, now, effects);
  }
}

void Puller::finish_transfer(Peer& peer, Instant now, Effects& effects) {
  const std::unique_ptr<Transfer> transfer = std::move(peer.transfer);
  wire::CborReader in(transfer->bytes());
  wire::Snapshot snapshot;
  snapshot.version = transfer->version();
  snapshot.clock_ms = transfer->clock_ms();
  snapshot.entries = wire::decode_entry_map(in);
  if (!in.at_end()) {
    counters_.add(Counter::drop_malformed);
    peer.pull = {};
    return;
  }
  peer.pull.transmissions = 1;  // it was asked for
  const bool late = has_bug(InjectedBug::transfer_clock_late);
  apply(peer, snapshot, late ? now : transfer->clock_read(), now, effects);
}

// After something from the owner was taken in: is there still anything to fetch?
void Puller::settle(Peer& peer, Replica::Outcome outcome, Instant now) {
  if (outcome == Replica::Outcome::too_large) {
    counters_.add(Counter::drop_state_limit);
    end_pull(peer);
    return;
  }
  if (outcome == Replica::Outcome::applied) peer.changed = now;
  if (peer.pull.complete_state) return;
  const bool fetching = peer.transfer && peer.transfer->version() > peer.replica.version();
  if (peer.replica.version() >= peer.wanted && !fetching) {
    end_pull(peer);
  } else if (outcome == Replica::Outcome::applied && peer.pull.transmissions > 0 &&
             !peer.transfer) {
    peer.pull.transmissions = 0;
    schedule(peer, now);
  }
}

// A transfer without a pull would never be given up.
void Puller::end_pull(Peer& peer) {
  peer.pull = {};
  peer.transfer.reset();
}

void Puller::schedule(Peer& peer, Instant when) {
  peer.pull.due = when;
  due_.push(when, peer.id);
}

void Puller::handle_timeout(Instant now, Effects& effects) {
  while (due_.earliest() <= now && !effects.full()) {  // what is left is due in the next call
    const auto [due, prefix] = due_.take();
    Peer* peer = peers_.find_prefix(prefix);
    if (peer != nullptr && peer->pull.due == due) transmit(*peer, now, effects);
  }
}

void Puller::transmit(Peer& peer, Instant now, Effects& effects) {
  if (peer.transfer) {
    // protocol.md [want-end]
    const bool too_long = now - peer.transfer->clock_read() > kTransferLifetime;
    if ((too_long || !peer.reachable()) && !has_bug(InjectedBug::transfer_kept)) {
      end_pull(peer);
      return;
    }
    peer.transfer->shrink_window();
    send_want(peer, now, effects);
    return;
  }
  const bool satisfied = peer.replica.version() >= peer.wanted && !peer.pull.complete_state;
  if (satisfied || !peer.session.confirmed || peer.pull.transmissions >= kTransmissionsMax) {
    if (!satisfied && peer.pull.hearsay) doubt_hearsay(peer, now);
    peer.silent = !satisfied;
    peer.pull = {};
    peer.wanted = {};
    return;
  }
  if (peer.pull.transmissions == 0 && pulls_under_way() >= kPullsMax) {
    schedule(peer, now + random_.between(kBusyDelay, 2 * kBusyDelay));
    return;
  }
  send_pull(peer, now, effects);
}

// protocol.md [pull-again]
void Puller::send_pull(Peer& peer, Instant now, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_pull(out, {peer.pull.complete_state ? StateVersion{} : peer.replica.version()});
  if (outbox_.send(peer, out, now, effects)) counters_.add(Counter::pulls_out);
  schedule(peer, now + kRetryIntervals[peer.pull.transmissions]);
  ++peer.pull.transmissions;
  note_under_way(peer);
}

void Puller::send_want(Peer& peer, Instant now, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_want(out, peer.transfer->next_want());
  outbox_.send(peer, out, now, effects);
  // What has come already is worth asking for longer than three times.
  const std::size_t interval = std::min(peer.pull.transmissions, kTransmissionsMax - 1);
  schedule(peer, now + kRetryIntervals[interval]);
  ++peer.pull.transmissions;
  note_under_way(peer);
}

// Whether the peer's replica may have `bytes`.
bool Puller::has_room_for(const Peer& peer, std::size_t bytes) {
  const std::size_t held = peer.replica.store().encoded_bytes();
  if (bytes <= held) return true;
  if (memory_.take(bytes - held + kMapHeadGrowth)) return true;
  counters_.add(Counter::drop_memory);
  return false;
}

void Puller::note_under_way(const Peer& peer) {
  if (std::ranges::find(under_way_, peer.id) == under_way_.end()) under_way_.push_back(peer.id);
}

std::size_t Puller::pulls_under_way() {
  std::erase_if(under_way_, [this](const NodeId& id) {
    const Peer* peer = peers_.find(id);
    return peer == nullptr || peer->pull.due == kNever || peer->pull.transmissions == 0;
  });
  return under_way_.size();
}

std::size_t Puller::transfers_under_way() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      peers_.all(), [](const auto& peer) { return peer->transfer != nullptr; }));
}

}  // namespace dsn::core
