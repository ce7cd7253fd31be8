// SPDX-License-Identifier: Apache-2.0
#include "core/publish/key_spreader.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// A signature costs time, so who sent a wrong one has to wait.
// protocol.md [key-checked]
void KeySpreader::handle_key(Peer& peer, const wire::KeyMessage& message, Instant now) {
  Keyring::Verdict verdict = keys_.examine(message, self_.id());
  if (verdict == Keyring::Verdict::taken || verdict == Keyring::Verdict::joined) {
    if (peer.key.doubt.is_paused(now) || !verified_.take(now)) return;
    verdict = keys_.take(message, self_.id());
  }
  switch (verdict) {
    case Keyring::Verdict::taken:
      return note_taken(now);
    case Keyring::Verdict::joined:
      return note_joined();
    case Keyring::Verdict::known:
      return;
    case Keyring::Verdict::forged:
      peer.key.doubt.failed(now);
      [[fallthrough]];
    case Keyring::Verdict::refused:
      counters_.add(Counter::drop_bad_key);
      return;
  }
}

// protocol.md [key-mailed]
Keyring::Verdict KeySpreader::take(const wire::KeyMessage& message, Instant now) {
  const Keyring::Verdict verdict = keys_.take(message, self_.id());
  if (verdict == Keyring::Verdict::joined) note_joined();
  if (verdict != Keyring::Verdict::taken) return verdict;
  note_taken(now);
  for (const Peer* peer : peers_.members().all()) to_tell_.push_back(peer->id);
  due_ = now;
  return verdict;
}

void KeySpreader::note_taken(Instant now) {
  taken_ = now;
  note_joined();
  for (const auto& peer : peers_.all()) peer->key.handed_on = {};
}

void KeySpreader::note_joined() {
  changed_ = true;
  for (const auto& peer : peers_.all()) peer->key.overtaken_in = {};
}

void KeySpreader::note_mark(Peer& peer, KeyMark mark) {
  if (peer.key.shown_in != peer.session.peer) {
    peer.key = {.shown_in = peer.session.peer,
                .overtaken_sent = peer.key.overtaken_sent,
                .overtaken_in = peer.key.overtaken_in};
  }
  peer.key.mark = std::max(peer.key.mark, mark);
}

KeyMark KeySpreader::mark_of(const Peer& peer) {
  if (peer.session.confirmed && peer.key.shown_in == peer.session.peer) return peer.key.mark;
  const KeyMark proof = peer.run.head.key_mark;
  return peer.copy.checkpoint ? std::max(proof, peer.copy.checkpoint->head.key_mark) : proof;
}

bool KeySpreader::is_missing(const Peer& peer) const {
  if (!keys_.has_statement()) return false;
  const bool has_shown = !peer.session.confirmed || peer.key.shown_in == peer.session.peer;
  return has_shown ? mark_of(peer) < keys_.mark() : !keys_.is_current(peer.session.key);
}

// protocol.md [key-handed-on] [out-refused]
void KeySpreader::hand_on(Peer& peer, Instant now, Effects& effects) {
  if (has_bug(InjectedBug::key_not_handed_on) || keys_.is_out(peer.id)) return;
  if (is_missing(peer)) {
    if (peer.key.handed_on.is_paused(now)) return;
    if (send(peer, keys_.message(), effects)) peer.key.handed_on.failed(now);
    return;
  }
  hand_on_overtaken(peer, effects);
}

// Nothing shows who has them, so they are sent more than once. Whoever learns of one sends it, too.
// protocol.md [out-spread]
void KeySpreader::hand_on_overtaken(Peer& peer, Effects& effects) {
  if (keys_.contents().overtaken.empty()) return;
  PeerNetworkKey& key = peer.key;
  if (std::exchange(key.overtaken_in, peer.session.peer) != peer.session.peer)
    key.overtaken_sent = 0;
  if (key.overtaken_sent == kOvertakenSends) return;
  bool sent = false;
  for (const wire::KeyMessage& message : keys_.overtaken_messages()) {
    sent |= send(peer, message, effects);
  }
  if (sent) ++key.overtaken_sent;
}

bool KeySpreader::send(Peer& peer, const wire::KeyMessage& message, Effects& effects) {
  if (!peer.path.is_proven()) return false;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_key(out, message);
  return outbox_.send(peer, out, effects);
}

// Who is put out has this key, so nothing is said under it without need.
// protocol.md [key-announced]
std::span<const KeyHandle> KeySpreader::announced_former(Instant now) const {
  const std::span<const KeyHandle> former = keys_.former();
  if (former.empty() || !keys_.contents().authority) return {};
  if (!keys_.puts_out() && now - taken_ < kFormerAnnounced) return former;
  const auto waits = [&](const auto& peer) {
    return peer->life.state != PeerState::left && mark_of(*peer) < keys_.mark();
  };
  return std::ranges::any_of(peers_.all(), waits) ? former : std::span<const KeyHandle>();
}

void KeySpreader::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return;
  while (!to_tell_.empty() && !effects.full()) {
    Peer* peer = peers_.find(to_tell_.back());
    to_tell_.pop_back();
    if (peer != nullptr && peer->reachable() && send(*peer, keys_.message(), effects)) {
      peer->key.handed_on.failed(now);
    }
  }
  due_ = to_tell_.empty() ? kNever : now;
}

}  // namespace dsn::core
