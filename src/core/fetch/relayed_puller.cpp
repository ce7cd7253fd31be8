// SPDX-License-Identifier: Apache-2.0
#include "core/fetch/relayed_puller.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"
#include "core/session/keys.hpp"

namespace dsn::core {
namespace {

// An unknown node may be about to introduce itself.
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
  const bool older =
      peer != nullptr && peer->copy.unheld && head.version < peer->copy.unheld->signed_version;
  if (older) return false;
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
  const bool right = head && keys_.is_ours(head->network) && head->id == node_id_of(crypto_, key) &&
                     head->id != self_.id();
  Fetch* fetch = right ? find(head->id.prefix(), from) : nullptr;
  if (fetch == nullptr || fetch->transfer) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  Found found{head->id, key, std::string(head->name), stored_head(origin.head, *head), {}};
  if (liveness_.is_proven(*head, origin.beat, now)) found.beat = origin.beat;
  const bool wanted =
      is_news(found.id, found.head, found.beat) && admission_.admits(found.id, found.name);
  if (!wanted) return fail(fetch->prefix, now);
  switch (verifier_.verify_relayed(key, origin.head, now)) {
    case HeadVerifier::Verdict::not_now:
      return;  // it is asked for again
    case HeadVerifier::Verdict::forged:
      counters_.add(Counter::drop_forged);
      return fail(fetch->prefix, now);
    case HeadVerifier::Verdict::valid:
      break;
  }
  Peer* peer = peers_.find(found.id);
  if (peer != nullptr && peer->copy.checkpoint &&
      found.head.names_the_state_of(peer->copy.checkpoint->head)) {
    // It was signed again, perhaps for good.
    replicas_.take_relayed_head(*peer, found.head, proven_clock_ms(found.head, found.beat), now);
    liveness_.head_by_relay(*peer, found.head, false, now, effects);
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

// The state of a node that is not known is kept only as long as others keep it.
bool RelayedPuller::is_expired(const Found& found, std::uint64_t clock_ms, Instant asked,
                               Instant now) const {
  const std::chrono::milliseconds silent(clock_ms - proven_clock_ms(found.head, found.beat));
  return peers_.find(found.id) == nullptr && asked - silent + liveness_.retain() <= now;
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
  Peer* origin = peers_.find(fetch->found->id);
  const bool has_room = origin != nullptr ? replicas_.could_take(*origin, manifest.size, now)
                                          : memory_.could_take(nullptr, manifest.size);
  if (!has_room) {
    counters_.add(Counter::drop_memory_relayed);
    return fail(fetch->prefix, now);
  }
  fetch->transfer = std::make_unique<Transfer>(manifest, fetch->asked);
  fetch->transmissions = 0;
  send_want(*fetch, from, now, effects);
}

bool RelayedPuller::handle_chunk(Peer& from, const wire::Chunk& chunk, Instant now,
                                 Effects& effects) {
  Fetch* fetch = find(chunk.origin->prefix(), from);
  if (fetch == nullptr || !fetch->transfer || !fetch->transfer->accept(crypto_, chunk)) {
    counters_.add(Counter::drop_unwanted);
    return false;
  }
  fetch->transmissions = 0;
  if (fetch->transfer->complete()) {
    if (!take(*fetch, now, effects)) {
      fail(fetch->prefix, now);
      return false;
    }
    backoffs_.erase(fetch->prefix);
    end(fetch->prefix);
    return true;
  }
  if (fetch->transfer->window_empty()) send_want(*fetch, from, now, effects);
  return false;
}

// All of the state is here, and it is what the owner signed. What is held may be another state by
// now, or the node may be forgotten.
bool RelayedPuller::take(const Fetch& fetch, Instant now, Effects& effects) {
  const Found& found = *fetch.found;
  if (!is_news(found.id, found.head, found.beat)) return false;
  wire::CborReader in(fetch.transfer->bytes());
  const wire::EntryMap entries = wire::decode_entry_map(in);
  if (!in.at_end()) {
    counters_.add(Counter::drop_malformed);
    return false;
  }
  Peer* peer = peers_.find(found.id);
  const bool is_new = peer == nullptr;
  if (is_new) peer = admission_.add_relayed(found.key, found.id, found.name, now);
  if (peer == nullptr) return false;
  incarnations_.take_relayed(*peer, found.head);
  if (!peer->session.confirmed) {
    const std::chrono::milliseconds silent(fetch.transfer->clock().clock_ms -
                                           proven_clock_ms(found.head, found.beat));
    Liveness::heard_by_relay(*peer, found.head, found.beat, fetch.asked - silent);
  }
  const auto taken =
      replicas_.take_relayed(*peer, found.head, *fetch.transfer, entries, now, effects);
  if (taken == ReplicaStore::Relayed::differs) puller_.note_difference(*peer, now);
  liveness_.head_by_relay(*peer, found.head, is_new, now, effects);
  liveness_.schedule_verdict(*peer, now);
  if (taken == ReplicaStore::Relayed::no_room) counters_.add(Counter::drop_memory_relayed);
  return taken != ReplicaStore::Relayed::no_room;
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
    if (now - fetch.transfer->clock().at > kTransferLifetime) return false;
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
