// SPDX-License-Identifier: Apache-2.0
#include "core/publish/state_server.hpp"

namespace dsn::core {

// protocol.md [pull-answer]
void StateServer::handle_pull(Peer& peer, const wire::Pull& pull, Instant now, Effects& effects) {
  const bool same_run = pull.have.incarnation == self_.version().incarnation;
  if (same_run && send_delta(peer, pull.have.version, now, effects)) return;
  if (send_snapshot(peer, effects)) return;
  if (!published_is_usable(now) || (same_run && pull.have.version >= published_version_.version)) {
    publish(now);
  }
  send_manifest(peer, now, effects);
}

// protocol.md [want-answer]
void StateServer::handle_want(Peer& peer, const wire::Want& want, Instant now, Effects& effects) {
  if (want.version != published_version_ || published_.empty()) {
    // That state is no longer at hand; this is what there is.
    if (!published_is_usable(now)) publish(now);
    send_manifest(peer, now, effects);
    return;
  }
  published_.send_chunks(peer, want, std::nullopt, now, effects);
}

bool StateServer::send_delta(Peer& peer, std::uint64_t from, Instant now, Effects& effects) {
  OwnState& state = self_.state();
  if (!state.can_update_from(from)) return false;
  wire::Update update = state.changes_since(from, now);
  update.incarnation = self_.raised_incarnation();
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_update(out, wire::MessageType::delta, update);
  if (!out.ok()) return false;
  outbox_.send(peer, out, effects);
  return true;
}

bool StateServer::send_snapshot(Peer& peer, Effects& effects) {
  const OwnState& state = self_.state();
  if (state.store().encoded_bytes() >= wire::kPlaintextBytesMax) return false;
  Bytes canonical;
  state.store().encode_canonical(canonical);
  const std::size_t map_head = encoded_head_bytes(state.store().count());
  const wire::EntryMap entries{state.store().count(), ByteView(canonical).subspan(map_head)};
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_snapshot(out, {self_.version(), entries});
  if (!out.ok()) return false;
  outbox_.send(peer, out, effects);
  return true;
}

// A state stays published while readers may still be fetching it, and as long as they can go on
// from it with a delta; otherwise an owner that writes all the time would never let anyone finish.
bool StateServer::published_is_usable(Instant now) const {
  return !published_.empty() && published_version_.incarnation == self_.version().incarnation &&
         self_.state().can_update_from(published_version_.version) &&
         now - published_at_ < kPublishedLifetime;
}

void StateServer::publish(Instant now) {
  published_at_ = now;
  if (!published_.empty() && published_version_ == self_.version()) return;
  published_.publish(self_.state().store());
  published_version_ = self_.version();
}

void StateServer::send_manifest(Peer& peer, Instant now, Effects& effects) {
  wire::Manifest manifest;
  manifest.version = published_version_;
  manifest.clock_ms = self_.state().clock_ms(now);
  published_.send_manifest(peer, manifest, effects);
}

}  // namespace dsn::core
