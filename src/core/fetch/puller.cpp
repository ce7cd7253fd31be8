// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/puller.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// Before this the address is proven, or many frames are lost.
constexpr Duration kUnprovenDelay = 1s;

std::size_t bytes_of(const wire::Snapshot& snapshot) {
  return encoded_head_bytes(snapshot.entries.count) + snapshot.entries.encoded.size();
}

// A state for which there was no room is not asked for again at once.
// protocol.md [memory-again]
bool is_unheld(const Peer& peer, Instant now) {
  return peer.copy.unheld && now < peer.copy.unheld->again;
}

bool is_under_way(const Peer& peer) {
  return peer.pull.request.due != kNever &&
         (peer.pull.request.transmissions > 0 || peer.pull.transfer);
}

bool takes_long(const Peer& peer, Instant now) {
  if (peer.pull.transfer) return now - peer.pull.transfer->clock().at > kTransferLong;
  return peer.pull.request.transmissions > 1;
}

}  // namespace

// protocol.md [run-believed] [confirmed-pull]
void Puller::handle_run(Peer& peer, const StateVersion& version, Instant now) {
  const std::uint32_t held = peer.copy.replica.version().incarnation;
  const bool other_run = version.incarnation == held && peer.copy.session != peer.session.peer;
  if (version.incarnation < held || other_run) replicas_.start_over(peer, now);
  want(peer, version, now, now);  // no mail of it is under way
}

// protocol.md [pull-delay]
void Puller::note_version(Peer& peer, const StateVersion& version, Instant now) {
  want(peer, version, now + pull_delay(), now);
}

// protocol.md [mail-parts-missing]
void Puller::note_part(Peer& peer, const StateVersion& version, Instant now) {
  want(peer, version, now + kMailPartsPatience + pull_delay(), now);
}

void Puller::want(Peer& peer, const StateVersion& version, Instant when, Instant now) {
  if (version <= peer.copy.replica.version() || is_unheld(peer, now)) return;
  peer.pull.wanted = std::max(peer.pull.wanted, version);
  if (peer.pull.request.due != kNever) return;
  begin_pull(peer, when, false);
}

Duration Puller::pull_delay() {
  const Duration spread = std::min<Duration>(1s, std::chrono::milliseconds(peers_.count()));
  return random_.between(Duration(0), spread);
}

void Puller::address_proven(Peer& peer, Instant now) {
  const PullRequest& request = peer.pull.request;
  if (request.due == kNever || request.transmissions > 0 || peer.pull.transfer) return;
  schedule(peer, now);
}

void Puller::note_gossip(Peer& peer, const StateVersion& version, Instant now) {
  if (version <= peer.copy.replica.version() || peer.pull.gossip.is_paused(now)) return;
  const bool idle = peer.pull.request.due == kNever;
  note_version(peer, version, now);
  if (idle) peer.pull.request.from_gossip = true;
}

// The owner settles it: its whole state is fetched again.
void Puller::note_difference(Peer& peer, Instant now) {
  const bool busy =
      peer.pull.request.due != kNever || peer.pull.gossip.is_paused(now) || is_unheld(peer, now);
  if (!peer.reachable() || busy || !differences_.take(now)) return;
  begin_pull(peer, now, true);
  peer.pull.request.complete_state = true;
}

void Puller::begin_pull(Peer& peer, Instant when, bool from_gossip) {
  peer.pull.request = {};
  peer.pull.request.from_gossip = from_gossip;
  schedule(peer, when);
}

// What the owner says of its version in an answer is newer than what made us ask.
// protocol.md [hearsay]
void Puller::owner_answered(Peer& peer, const StateVersion& version, Instant now) {
  peer.pull.wanted = version;
  peer.pull.unanswered = false;
  if (!peer.pull.request.from_gossip || peer.pull.request.transmissions == 0) return;
  if (version <= peer.copy.replica.version()) {
    peer.pull.gossip.failed(now);
  } else {
    peer.pull.gossip.succeeded();
  }
  peer.pull.request.from_gossip = false;
}

bool Puller::handle_mail(Peer& peer, const wire::Update& update, const ClockReading& clock,
                         Effects& effects) {
  return take(peer, update, clock, effects);
}

bool Puller::handle_delta(Peer& peer, const wire::Update& update, const ClockReading& clock,
                          Effects& effects) {
  owner_answered(peer, {update.incarnation, update.to}, clock.at);
  return take(peer, update, clock, effects);
}

bool Puller::take(Peer& peer, const wire::Update& update, const ClockReading& clock,
                  Effects& effects) {
  const Instant now = clock.at;
  const Replica::Change change = peer.copy.replica.prepare(update, clock.clock_ms);
  if (!replicas_.make_room(peer, change.bytes, now)) {
    refused(peer);
    return false;
  }
  const ReplicaStore::Taken taken = replicas_.take(peer, change, clock, effects);
  if (taken.outcome == Replica::Outcome::gap) {
    note_version(peer, change.version, now);
    return false;
  }
  if (taken.outcome == Replica::Outcome::applied) counters_.add(Counter::updates_in);
  return settle(peer, taken, now);
}

bool Puller::handle_snapshot(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock,
                             Effects& effects) {
  return take(peer, snapshot, clock, clock.at, effects);
}

bool Puller::take(Peer& peer, const wire::Snapshot& snapshot, const ClockReading& clock,
                  Instant now, Effects& effects) {
  PullRequest& request = peer.pull.request;
  const bool asked_for_all = request.complete_state && request.transmissions > 0;
  const StateVersion& held = peer.copy.replica.version();
  const bool is_news = snapshot.version > held || (asked_for_all && snapshot.version == held);
  if (is_news && !replicas_.make_room(peer, bytes_of(snapshot), now)) {
    refused(peer);
    return false;
  }
  ReplicaStore::Taken taken;
  if (asked_for_all) {
    taken = replicas_.replace(peer, snapshot, clock, now, effects);
    if (taken.outcome == Replica::Outcome::stale) peer.pull.gossip.failed(now);
    peer.pull.wanted = snapshot.version;
    request.complete_state = false;
  } else {
    owner_answered(peer, snapshot.version, now);
    taken = replicas_.take(peer, snapshot, clock, now, effects);
  }
  if (taken.outcome == Replica::Outcome::applied) counters_.add(Counter::snapshots_in);
  return settle(peer, taken, now);
}

void Puller::handle_manifest(Peer& peer, const wire::Manifest& manifest, Instant now,
                             Effects& effects) {
  const bool asked = peer.pull.request.due != kNever && peer.pull.request.transmissions > 0;
  const bool newer =
      manifest.version > peer.copy.replica.version() ||
      (peer.pull.request.complete_state && manifest.version == peer.copy.replica.version());
  if (!asked || !newer ||
      (peer.pull.transfer && peer.pull.transfer->version() == manifest.version)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  if (!replicas_.could_take(peer, manifest.size, now)) return refused(peer);
  if (!peer.pull.request.complete_state) owner_answered(peer, manifest.version, now);
  if (manifest.size > kReplicaShareBytes && large_transfers_besides(peer) >= kTransfersMax) {
    peer.pull.transfer.reset();
    peer.pull.request.transmissions = 0;
    schedule(peer, now + random_.between(kBusyDelay, 4 * kBusyDelay));
    return;
  }
  peer.pull.transfer = std::make_unique<Transfer>(manifest, now);
  peer.pull.request.transmissions = 0;
  send_want(peer, now, effects);
}

bool Puller::handle_chunk(Peer& peer, const wire::Chunk& chunk, Instant now, Effects& effects) {
  if (!peer.pull.transfer || !peer.pull.transfer->accept(crypto_, chunk)) {
    counters_.add(Counter::drop_unwanted);
    return false;
  }
  peer.pull.request.transmissions = 0;  // as long as something comes, we go on asking
  if (peer.pull.transfer->complete()) return finish_transfer(peer, now, effects);
  if (peer.pull.transfer->window_empty()) send_want(peer, now, effects);
  return false;
}

bool Puller::finish_transfer(Peer& peer, Instant now, Effects& effects) {
  const std::unique_ptr<Transfer> transfer = std::move(peer.pull.transfer);
  wire::CborReader in(transfer->bytes());
  wire::Snapshot snapshot;
  snapshot.version = transfer->version();
  snapshot.entries = wire::decode_entry_map(in);
  if (!in.at_end()) {
    counters_.add(Counter::drop_malformed);
    peer.pull.request = {};
    return false;
  }
  peer.pull.request.transmissions = 1;  // it was asked for
  ClockReading clock = transfer->clock();
  if (has_bug(InjectedBug::transfer_clock_late)) clock.at = now;
  return take(peer, snapshot, clock, now, effects);
}

// Something from the owner was taken in: is there still anything to fetch? Returns whether the
// replica changed.
bool Puller::settle(Peer& peer, const ReplicaStore::Taken& taken, Instant now) {
  if (taken.outcome == Replica::Outcome::too_large) {
    counters_.add(Counter::drop_state_limit);
    end_pull(peer);
    return false;
  }
  const bool applied = taken.outcome == Replica::Outcome::applied;
  if (applied) peer.pull.unanswered = false;
  if (taken.differs) note_difference(peer, now);
  PullRequest& request = peer.pull.request;
  if (request.complete_state) return applied;
  const StateVersion& version = peer.copy.replica.version();
  const bool fetching = peer.pull.transfer && peer.pull.transfer->version() > version;
  if (version >= peer.pull.wanted && !fetching) {
    end_pull(peer);
  } else if (applied && request.transmissions > 0 && !peer.pull.transfer) {
    request.transmissions = 0;
    schedule(peer, now);
  }
  return applied;
}

// A transfer without a pull would never be given up.
void Puller::end_pull(Peer& peer) {
  peer.pull.request = {};
  peer.pull.transfer.reset();
}

void Puller::schedule(Peer& peer, Instant when) {
  peer.pull.request.due = when;
  due_.push(when, peer.id);
}

void Puller::handle_timeout(Instant now, Effects& effects) {
  while (due_.earliest() <= now && !effects.full()) {  // what is left is due in the next call
    const auto [due, prefix] = due_.take();
    Peer* peer = peers_.find_prefix(prefix);
    if (peer != nullptr && peer->pull.request.due == due) transmit(*peer, now, effects);
  }
}

void Puller::transmit(Peer& peer, Instant now, Effects& effects) {
  if (peer.pull.transfer) {
    // protocol.md [want-end]
    const bool too_long = now - peer.pull.transfer->clock().at > kTransferLifetime;
    if ((too_long || !peer.reachable()) && !has_bug(InjectedBug::transfer_kept)) {
      end_pull(peer);
      return;
    }
    peer.pull.transfer->shrink_window();
    send_want(peer, now, effects);
    return;
  }
  const bool satisfied =
      peer.copy.replica.version() >= peer.pull.wanted && !peer.pull.request.complete_state;
  if (satisfied || !peer.session.confirmed ||
      peer.pull.request.transmissions >= kTransmissionsMax) {
    if (!satisfied && peer.pull.request.from_gossip) peer.pull.gossip.failed(now);
    peer.pull.unanswered = !satisfied;
    peer.pull.request = {};
    peer.pull.wanted = {};
    return;
  }
  // While we do not know where it is, it does not know where we are, and its answer would be small.
  const bool waits = peer.pull.request.transmissions == 0 && !peer.path.is_proven() &&
                     !std::exchange(peer.pull.request.waited, true);
  if (waits) {
    schedule(peer, now + kUnprovenDelay);
    return;
  }
  if (peer.pull.request.transmissions == 0 && !has_turn(peer, now)) {
    schedule(peer, now + random_.between(kBusyDelay, 2 * kBusyDelay));
    return;
  }
  send_pull(peer, now, effects);
}

// protocol.md [pull-again]
void Puller::send_pull(Peer& peer, Instant now, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_pull(
      out, {peer.pull.request.complete_state ? StateVersion{} : peer.copy.replica.version()});
  if (outbox_.send(peer, out, effects)) counters_.add(Counter::pulls_out);
  schedule(peer, now + kRetryIntervals[peer.pull.request.transmissions]);
  ++peer.pull.request.transmissions;
  note_under_way(peer);
}

void Puller::send_want(Peer& peer, Instant now, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_want(out, peer.pull.transfer->next_want());
  outbox_.send(peer, out, effects);
  // What has come already is worth asking for longer than three times.
  const std::size_t interval = std::min(peer.pull.request.transmissions, kTransmissionsMax - 1);
  schedule(peer, now + kRetryIntervals[interval]);
  ++peer.pull.request.transmissions;
  note_under_way(peer);
}

// There is no room for what the owner answered.
void Puller::refused(Peer& peer) {
  counters_.add(Counter::drop_memory);
  peer.pull.unanswered = false;
  end_pull(peer);
}

void Puller::note_under_way(const Peer& peer) {
  if (std::ranges::find(under_way_, peer.id) == under_way_.end()) under_way_.push_back(peer.id);
}

bool Puller::has_turn(const Peer& peer, Instant now) {
  std::erase_if(under_way_, [this](const NodeId& id) {
    const Peer* other = peers_.find(id);
    return other == nullptr || !is_under_way(*other);
  });
  return under_way_.size() < kPullsMax || make_way(peer, now);
}

// Those who do not answer, or send a chunk now and then, must not keep all others waiting.
// protocol.md [pull-turn]
bool Puller::make_way(const Peer& peer, Instant now) {
  Peer* last = nullptr;
  for (const NodeId& id : under_way_) {
    Peer* other = peers_.find(id);
    if (!takes_long(*other, now) || !other->was_met_after(peer)) continue;
    if (last == nullptr || other->was_met_after(*last)) last = other;
  }
  if (last == nullptr) return false;
  last->pull.transfer.reset();
  last->pull.request.transmissions = 0;
  schedule(*last, now + random_.between(kBusyDelay, 4 * kBusyDelay));
  std::erase(under_way_, last->id);
  return true;
}

std::size_t Puller::large_transfers_besides(const Peer& peer) const {
  return static_cast<std::size_t>(std::ranges::count_if(peers_.all(), [&](const auto& other) {
    return other.get() != &peer && other->pull.transfer &&
           other->pull.transfer->bytes().size() > kReplicaShareBytes;
  }));
}

}  // namespace dsn::core
