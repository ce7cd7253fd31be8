// SPDX-License-Identifier: Apache-2.0
#include "core/publish/relay_server.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"

namespace dsn::core {

// A node that has only an item of the origin knows no more than the first half of its id.
// protocol.md [relay-named]
Peer* RelayServer::origin_of(const Peer& asker, const NodeId& named) {
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
  if (newer && asker.answers.take(now)) send_manifest(asker, *origin, now, effects);
}

// protocol.md [relay-chunks]
void RelayServer::handle_want(Peer& asker, const wire::Want& want, Instant now, Effects& effects) {
  const Peer* origin = origin_of(asker, *want.origin);
  if (origin == nullptr) return;
  if (want.version != origin->copy.checkpoint->head.version) {
    return send_origin(asker, *origin, effects);
  }
  publish(*origin);
  published_.send_chunks(asker, want, origin->id, now, effects);
}

void RelayServer::send_origin(Peer& asker, const Peer& origin, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  const StoredHead& head = origin.copy.checkpoint->head;
  wire::encode_origin(out, {head.view(), origin.public_key, beat_of_run(origin, head)});
  outbox_.send(asker, out, effects);
}

void RelayServer::send_manifest(Peer& asker, const Peer& origin, Instant now, Effects& effects) {
  publish(origin);
  const Checkpoint& checkpoint = *origin.copy.checkpoint;
  wire::Manifest manifest;
  manifest.version = checkpoint.head.version;
  manifest.clock_ms = session_clock_ms(origin, checkpoint, now);
  if (has_bug(InjectedBug::age_reset_by_relay)) manifest.clock_ms = checkpoint.head.clock_ms;
  manifest.origin = origin.id;
  published_.send_manifest(asker, manifest, effects);
}

void RelayServer::publish(const Peer& origin) {
  const Checkpoint& checkpoint = *origin.copy.checkpoint;
  if (published_of_ == origin.id && published_head_ == checkpoint.head.encoded) return;
  if (checkpoint.in_replica) {
    published_.publish(origin.copy.replica.store());
  } else {
    published_.publish(checkpoint.copy.canonical);
  }
  published_of_ = origin.id;
  published_head_ = checkpoint.head.encoded;
}

}  // namespace dsn::core
