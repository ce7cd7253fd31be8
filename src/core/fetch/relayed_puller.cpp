// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/relayed_puller.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {
namespace {

// Whoever is unknown may be about to introduce itself.
constexpr Duration kStrangerDelay = 3s;
constexpr std::size_t kBackoffsMax = 2 * kRelayedMax;

}  // namespace

RelayedPuller::Fetch* RelayedPuller::find(std::uint64_t prefix, const Peer& from) {
  const auto found = std::ranges::find(fetches_, prefix, &Fetch::prefix);
  const bool asked = found != fetches_.end() && found->from == from.id && found->asked != Instant{};
  return asked ? &*found : nullptr;
}

// protocol.md [relay-pull]
void RelayedPuller::note_item(const wire::DigestItem& item, const Peer& teller, Instant now) {
  const bool known =
      std::ranges::find(fetches_, item.origin_prefix, &Fetch::prefix) != fetches_.end();
  if (known || item.version.incarnation == 0 || item.origin_prefix == teller.id.prefix()) return;
  if (fetches_.size() >= kRelayedMax || is_paused(item.origin_prefix, now)) return;
  const Duration spread = std::min<Duration>(1s, std::chrono::milliseconds(peers_.count()));
  const Duration grace = peers_.find_prefix(item.origin_prefix) ? Duration(0) : kStrangerDelay;
  Fetch fetch;
  fetch.prefix = item.origin_prefix;
  fetch.from = teller.id;
  fetch.told = item.version;
  fetch.due = now + grace + random_.between(Duration(0), spread);
  due_ = std::min(due_, fetch.due);
  fetches_.push_back(std::move(fetch));
}

void RelayedPuller::end(std::uint64_t prefix) {
  std::erase_if(fetches_, [prefix](const Fetch& fetch) { return fetch.prefix == prefix; });
}

// protocol.md [relay-doubt]
void RelayedPuller::fail(std::uint64_t prefix, Instant now) {
  if (backoffs_.size() >= kBackoffsMax) {
    backoffs_.erase(std::ranges::min_element(
        backoffs_, {}, [](const auto& backoff) { return backoff.second.until(); }));
  }
  backoffs_[prefix].failed(now);
  end(prefix);
}

bool RelayedPuller::is_paused(std::uint64_t prefix, Instant now) const {
  const auto backoff = backoffs_.find(prefix);
  return backoff != backoffs_.end() && backoff->second.is_paused(now);
}

// Nothing that was held once is taken again, unless its owner was heard of since then.
// protocol.md [relay-newer] [relay-forgotten]
bool RelayedPuller::is_news(const NodeId& id, const StoredHead& head,
                            const wire::Beat& beat) const {
  const Peer* peer = peers_.find(id);
  if (peer != nullptr && peer->copy.checkpoint && !head.supersedes(peer->copy.checkpoint->head))
    return false;
  const HighWater reached = peers_.high_water(id);
  if (has_bug(InjectedBug::high_water_forgotten) || head.version > reached.version) return true;
  return head.version == reached.version && head.session == reached.session &&
         proven_clock_ms(head, beat) > reached.clock_ms;
}

// protocol.md [relay-origin]
void RelayedPuller::handle_origin(Peer& from, const wire::Origin& origin, Instant now,
                                  Effects& effects) {
  const std::optional<Head> head = decode_head(origin.head.head);
  PublicKey key;
  std::ranges::copy(origin.public_key, key.begin());
  const bool right = head && head->network == network_ && head->id == node_id_of(crypto_, key) &&
                     head->id != self_.id();
  Fetch* fetch = right ? find(head->id.prefix(), from) : nullptr;
  if (fetch == nullptr || fetch->transfer) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  Found found{head->id, key, std::string(head->name), stored_head(origin.head, *head), {}};
  if (is_proven && is_proven(*head, origin.beat, now)) found.beat = origin.beat;
  const bool wanted =
      is_news(found.id, found.head, found.beat) && (!admits || admits(found.id, found.name));
  if (!wanted) return fail(fetch->prefix, now);
  switch (verifier_.verify(key, origin.head, now)) {
    case HeadVerifier::Verdict::not_now:
      return;  // it is asked for again
    case HeadVerifier::Verdict::forged:
      counters_.add(Counter::drop_forged);
      return fail(fetch->prefix, now);
    case HeadVerifier::Verdict::valid:
      found.head.verified = true;
  }
  Peer* peer = peers_.find(found.id);
  if (peer != nullptr && peer->copy.checkpoint &&
      found.head.names_the_state_of(peer->copy.checkpoint->head)) {
    if (peer->copy.session == found.head.session) {
      peer->copy.replica.note_proven_clock(proven_clock_ms(found.head, found.beat), now);
    }
    note_left(*peer, found.head, now, effects);
    peer->copy.checkpoint->head = std::move(found.head);  // signed again, perhaps for good
    peers_.replica_changed(*peer);
    return end(fetch->prefix);
  }
  fetch->found = std::move(found);
}

// protocol.md [relay-root] [relay-clock]
bool RelayedPuller::fits(const Fetch& fetch, const wire::Manifest& manifest) {
  const Found& found = *fetch.found;
  const bool right_root = root_of_hashes(crypto_, manifest.chunk_hashes) == found.head.root ||
                          has_bug(InjectedBug::root_unchecked);
  return manifest.version == found.head.version && manifest.size == found.head.state_bytes &&
         right_root && manifest.clock_ms >= proven_clock_ms(found.head, found.beat);
}

// Of a node that is not known the state is kept only as long as others keep it.
bool RelayedPuller::is_expired(const Found& found, std::uint64_t clock_ms, Instant asked,
                               Instant now) const {
  const std::chrono::milliseconds silent(clock_ms - proven_clock_ms(found.head, found.beat));
  return peers_.find(found.id) == nullptr && asked - silent + kRetain <= now;
}

void RelayedPuller::handle_manifest(Peer& from, const wire::Manifest& manifest, Instant now,
                                    Effects& effects) {
  Fetch* fetch = find(manifest.origin->prefix(), from);
  if (fetch == nullptr || fetch->transfer || !fetch->found ||
      fetch->found->id != *manifest.origin) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  const bool wanted =
      fits(*fetch, manifest) && !is_expired(*fetch->found, manifest.clock_ms, fetch->asked, now);
  if (!wanted) return fail(fetch->prefix, now);
  if (!memory_.take(manifest.size)) {
    counters_.add(Counter::drop_memory);
    return fail(fetch->prefix, now);
  }
  fetch->transfer = std::make_unique<Transfer>(manifest, fetch->asked);
  fetch->transmissions = 0;
  send_want(*fetch, from, now, effects);
}

void RelayedPuller::handle_chunk(Peer& from, const wire::Chunk& chunk, Instant now,
                                 Effects& effects) {
  Fetch* fetch = find(chunk.origin->prefix(), from);
  if (fetch == nullptr || !fetch->transfer || !fetch->transfer->accept(crypto_, chunk)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  fetch->transmissions = 0;
  if (fetch->transfer->complete()) {
    take(*fetch, now, effects);
  } else if (fetch->transfer->window_empty()) {
    send_want(*fetch, from, now, effects);
  }
}

// All of it is here, and is what the owner signed. What is held may be another by now, or
// forgotten.
void RelayedPuller::take(Fetch& fetch, Instant now, Effects& effects) {
  if (!is_news(fetch.found->id, fetch.found->head, fetch.found->beat)) {
    return fail(fetch.prefix, now);
  }
  wire::CborReader in(fetch.transfer->bytes());
  const wire::EntryMap entries = wire::decode_entry_map(in);
  Peer* peer = in.at_end() ? peer_for(*fetch.found, now) : nullptr;
  if (peer == nullptr) {
    if (!in.at_end()) counters_.add(Counter::drop_malformed);
    return fail(fetch.prefix, now);
  }
  const StoredHead& head = fetch.found->head;
  const std::uint32_t heard = peer->run.incarnation;
  // Of two runs of one incarnation, neither of which we heard, the last one that came is to be
  // measured by: it is whose state we hold.
  const bool only_told = peer->run.relayed_session != SessionId{} || !peer->session.confirmed;
  if (head.version.incarnation > heard || (head.version.incarnation == heard && only_told)) {
    // The run that was heard does not know of this one: it has to say HELLO again, and is told.
    // protocol.md [relay-raises]
    if (!peer->reachable() && peer->session.peer != head.session) peers_.end_session(*peer);
    peer->run.incarnation = head.version.incarnation;
    peer->run.relayed_session = head.session;
    // Should the owner come back in another run of this incarnation, this is what to show it.
    if (head.version.incarnation >= peer->run.head.version.incarnation) peer->run.head = head;
  }
  if (!peer->session.confirmed) {
    const std::chrono::milliseconds silent(fetch.transfer->clock_ms() -
                                           proven_clock_ms(head, fetch.found->beat));
    peer->life.heard = fetch.asked - silent;
    note_beat(*peer, head, fetch.found->beat);
  }
  write_replica(*peer, fetch, entries, now, effects);
  note_left(*peer, head, now, effects);
  if (on_taken) on_taken(*peer, now);
  backoffs_.erase(fetch.prefix);
  end(fetch.prefix);
}

// protocol.md [relay-room]
Peer* RelayedPuller::peer_for(const Found& found, Instant now) {
  Peer* peer = peers_.find(found.id);
  if (peer != nullptr && peer->life.state != PeerState::met) return peer;
  const auto relayed =
      std::ranges::count_if(peers_.all(), [](const auto& one) { return one->is_only_relayed(); });
  const bool has_room = static_cast<std::size_t>(relayed) < kRelayedMax &&
                        peers_.count() + 1 < kNodesMax && introduce;
  if (peer == nullptr && has_room) peer = introduce(found.key, found.id, now);
  if (peer == nullptr) return nullptr;
  peer->name = found.name;
  peers_.set_state(*peer, PeerState::gone);
  peer->life.since = now;
  return peer;
}

// What the owner itself sent at a higher version stays, and so does all of another run in which it
// is heard now, or was. The older state is kept beside it, for others.
// protocol.md [relay-replica]
void RelayedPuller::write_replica(Peer& peer, const Fetch& fetch, const wire::EntryMap& entries,
                                  Instant now, Effects& effects) {
  const Transfer& transfer = *fetch.transfer;
  const StoredHead& head = fetch.found->head;
  // A run whose incarnation we know from the owner itself is not made up for by another of the
  // same.
  const bool other_run = peer.session.confirmed && peer.session.peer != head.session &&
                         (peer.reachable() || peer.run.relayed_session != head.session);
  const bool higher = head.version > peer.copy.replica.version() ||
                      (head.version == peer.copy.replica.version() && !peer.reachable()) ||
                      has_bug(InjectedBug::relayed_lower_version);
  const Instant clock_zero = transfer.clock_read() - std::chrono::milliseconds(transfer.clock_ms());
  StateCopy copy{head.version, Bytes(transfer.bytes().begin(), transfer.bytes().end()), clock_zero};
  bool in_replica = false;
  if (higher && !other_run) {
    checkpoints_.about_to_change(peer, head.version, false);
    const bool own_relation = peer.copy.session == head.session;
    const auto outcome =
        peer.copy.replica.adopt({head.version, transfer.clock_ms(), entries}, transfer.clock_read(),
                                own_relation, peer.id, effects);
    in_replica = outcome != Replica::Outcome::too_large;
    // Of two who say how old it is, the one counts who says more.
    if (in_replica) peer.copy.replica.note_proven_clock(transfer.clock_ms(), transfer.clock_read());
    if (outcome == Replica::Outcome::applied) {
      peer.copy.relayed = true;
      peer.copy.session = head.session;
      peer.digest.version = {};
      checkpoints_.replica_changed(peer, now);
    }
  }
  checkpoints_.adopt(peer, head, std::move(copy), in_replica);
  peer.copy.changed = now;
}

void RelayedPuller::note_beat(Peer& peer, const StoredHead& head, const wire::Beat& beat) {
  if (beat.index <= beat_of_run(peer, head).index) return;
  peer.life.beat = beat;
  peer.life.beat_session = head.session;
  peer.life.beat_shown = peer.life.heard;
}

// It left, as it signed; or it is gone for all that anybody says.
void RelayedPuller::note_left(Peer& peer, const StoredHead& head, Instant now, Effects& effects) {
  const bool newest = !peer.session.confirmed || peer.session.peer == head.session;
  const bool fresh = peer.life.since == now && peer.is_only_relayed();
  if (head.left && newest && peer.life.state == PeerState::gone) {
    peers_.set_state(peer, PeerState::left);
    peer.life.since = now;
    effects.event(CoreEvent::Kind::left, peer.id);
  } else if (fresh) {
    effects.event(CoreEvent::Kind::gone, peer.id);
  }
}

std::size_t RelayedPuller::under_way() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fetches_, [](const Fetch& fetch) { return fetch.asked != Instant{}; }));
}

void RelayedPuller::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return;
  std::vector<std::uint64_t> failed;
  std::erase_if(fetches_,
                [&](const Fetch& fetch) { return fetch.due <= now && is_needless(fetch); });
  for (Fetch& fetch : fetches_) {
    if (fetch.due <= now && !effects.full() && !transmit(fetch, now, effects)) {
      failed.push_back(fetch.prefix);
    }
  }
  for (const std::uint64_t prefix : failed) fail(prefix, now);
  due_ = kNever;
  for (const Fetch& fetch : fetches_) due_ = std::min(due_, fetch.due);
}

// The owner answers itself, or the relay is gone too.
bool RelayedPuller::is_needless(const Fetch& fetch) {
  const Peer* from = peers_.find(fetch.from);
  const Peer* origin = peers_.find_prefix(fetch.prefix);
  const bool owner_answers = origin != nullptr && origin->reachable() && !origin->pull.unanswered;
  return from == nullptr || !from->reachable() || owner_answers;
}

// False if it is to be given up.
// protocol.md [relay-again]
bool RelayedPuller::transmit(Fetch& fetch, Instant now, Effects& effects) {
  Peer& from = *peers_.find(fetch.from);
  if (fetch.transfer) {
    if (now - fetch.transfer->clock_read() > kTransferLifetime) return false;
    fetch.transfer->shrink_window();
    send_want(fetch, from, now, effects);
    return true;
  }
  if (fetch.transmissions >= kTransmissionsMax) return false;
  if (fetch.transmissions == 0 && under_way() >= kTransfersMax) {
    fetch.due = now + random_.between(kBusyDelay, 4 * kBusyDelay);
    return true;
  }
  send_pull(fetch, from, now, effects);
  return true;
}

void RelayedPuller::send_pull(Fetch& fetch, Peer& from, Instant now, Effects& effects) {
  if (fetch.transmissions == 0) fetch.asked = now;
  wire::Pull pull;
  const Peer* origin = peers_.find_prefix(fetch.prefix);
  if (origin != nullptr && origin->copy.checkpoint &&
      origin->copy.checkpoint->head.version < fetch.told) {
    pull.have = origin->copy.checkpoint->head.version;
  }
  pull.origin = origin != nullptr ? origin->id : NodeId::from_prefix(fetch.prefix);
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_pull(out, pull);
  if (outbox_.send(from, out, effects)) counters_.add(Counter::pulls_out);
  fetch.due = now + kRetryIntervals[fetch.transmissions++];
  due_ = std::min(due_, fetch.due);
}

void RelayedPuller::send_want(Fetch& fetch, Peer& from, Instant now, Effects& effects) {
  wire::Want want = fetch.transfer->next_want();
  want.origin = fetch.found->id;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_want(out, want);
  outbox_.send(from, out, effects);
  fetch.due = now + kRetryIntervals[std::min(fetch.transmissions, kTransmissionsMax - 1)];
  ++fetch.transmissions;
  due_ = std::min(due_, fetch.due);
}

}  // namespace dsn::core
