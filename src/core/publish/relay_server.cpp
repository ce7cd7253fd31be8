// SPDX-License-Identifier: Apache-2.0
#include "core/publish/relay_server.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"

namespace dsn::core {

// A node that has only an item of the origin knows no more than the first half of its id.
// protocol.md [relay-named] [observer-relay]
Peer* RelayServer::origin_of(const Peer& asker, const NodeId& named) {
  if (self_.is_observer() && !has_bug(InjectedBug::observer_relays)) return nullptr;
  Peer* origin = peers_.find_prefix(named.prefix());
  if (origin == nullptr || origin == &asker || !origin->copy.checkpoint) return nullptr;
  const bool only_prefix = named == NodeId::from_prefix(named.prefix());
  return origin->id == named || only_prefix ? origin : nullptr;
}

// protocol.md [relay-answer]
void RelayServer::handle_pull(Peer& asker, const wire::Pull& pull, Instant now, Effects& effects) {
  const Peer* origin = origin_of(asker, *pull.origin);
  if (origin == nullptr) return;
  send_origin(asker, *origin, effects);
  const bool newer = origin->copy.checkpoint->head.version > pull.have;
  if (newer && answers_.take(asker, now)) send_manifest(asker, *origin, now, effects);
}

// protocol.md [relay-chunks]
void RelayServer::handle_want(Peer& asker, const wire::Want& want, Instant now, Effects& effects) {
  const Peer* origin = origin_of(asker, *want.origin);
  if (origin == nullptr) return;
  if (want.version != origin->copy.checkpoint->head.version) {
    return send_origin(asker, *origin, effects);
  }
  if (ChunkedState* state = publish(*origin, now)) {
    state->send_chunks(asker, want, origin->id, now, effects);
  }
}

void RelayServer::send_origin(Peer& asker, const Peer& origin, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  const StoredHead& head = origin.copy.checkpoint->head;
  wire::encode_origin(out, {head.view(), origin.public_key, beat_of_run(origin, head)});
  outbox_.send(asker, out, effects);
}

void RelayServer::send_manifest(Peer& asker, const Peer& origin, Instant now, Effects& effects) {
  ChunkedState* state = publish(origin, now);
  if (state == nullptr) return;
  const Checkpoint& checkpoint = *origin.copy.checkpoint;
  wire::Manifest manifest;
  manifest.version = checkpoint.head.version;
  manifest.clock_ms = session_clock_ms(origin, checkpoint, now);
  if (has_bug(InjectedBug::age_reset_by_relay)) manifest.clock_ms = checkpoint.head.clock_ms;
  manifest.origin = origin.id;
  state->send_manifest(asker, manifest, effects);
}

// Encoding and hashing a large state costs as much as many answers, so it is not done for each.
ChunkedState* RelayServer::publish(const Peer& origin, Instant now) {
  const Checkpoint& checkpoint = *origin.copy.checkpoint;
  const auto found = std::ranges::find(published_, origin.id, &Published::of);
  const bool current = found != published_.end() && found->head == checkpoint.head.encoded;
  if (!current && !encodings_.take(now)) return nullptr;
  if (found != published_.end()) {
    published_.splice(published_.begin(), published_, found);
  } else {
    if (published_.size() >= kPublishedMax) published_.pop_back();
    published_.push_front({origin.id, {}, ChunkedState(crypto_, answers_, outbox_)});
  }
  Published& first = published_.front();
  if (current) return &first.state;
  if (checkpoint.in_replica) {
    first.state.publish(origin.copy.replica.store());
  } else {
    first.state.publish(checkpoint.copy.canonical);
  }
  first.head = checkpoint.head.encoded;
  return &first.state;
}

}  // namespace dsn::core
