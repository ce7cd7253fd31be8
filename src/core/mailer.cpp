// SPDX-License-Identifier: Apache-2.0
#include "core/mailer.hpp"

#include <algorithm>

namespace dsn {

Duration Mailer::beat(std::size_t nodes) {
  return std::clamp<Duration>(kBeatPerNode * static_cast<Duration::rep>(nodes), kBeatMin, kBeatMax);
}

void Mailer::await_beat(Peer& peer, Instant since) {
  peer.beat_from = since;
  beats_.push(since, peer.id);
}

Instant Mailer::beat_due() const {
  const Instant since = beats_.earliest();
  return since == kNever ? kNever : since + beat(peers_.reachable_count() + 1);
}

void Mailer::incarnation_raised() {
  for (const auto& peer : peers_.all()) {
    peer->sent = {};
    if (peer->reachable()) await_beat(*peer, {});
  }
}

void Mailer::handle_timeout(Instant now, Effects& effects) {
  if (pump_due_ <= now) pump(now, effects);
  if (beat_due() <= now) send_beats(now, effects);
}

// protocol.md [mail-once]
void Mailer::begin_round() {
  order_.clear();
  position_ = 0;
  for (const auto& peer : peers_.all()) {
    if (peer->reachable()) order_.push_back(peer->id);
  }
  random_.shuffle(std::span<NodeId>(order_));
  round_from_ = round_to_;
  round_to_ = self_.state().version();
}

void Mailer::pump(Instant now, Effects& effects) {
  pump_due_ = kNever;
  while (true) {
    if (!round_under_way()) {
      if (round_to_ == self_.state().version()) return;
      begin_round();
    }
    // Composed anew after each pause, so that the owner's clock in it is that of the sending.
    const CborWriter mail = compose_mail(now);
    while (round_under_way()) {
      if (effects.full()) {
        pump_due_ = now;
        return;
      }
      if (!bucket_.take(now)) {
        pump_due_ = bucket_.available_at(now);
        return;
      }
      Peer* peer = peers_.find(order_[position_++]);
      if (peer != nullptr && peer->reachable() && outbox_.send(*peer, mail, now, effects)) {
        counters_.add(Counter::updates_out);
      }
    }
  }
}

// protocol.md [mail-too-large] [mail-checkpoint]
CborWriter Mailer::compose_mail(Instant now) {
  OwnState& state = self_.state();
  if (state.can_update_from(round_from_)) {
    Update update = state.changes_since(round_from_);
    update.incarnation = self_.version().incarnation;
    update.clock_ms = state.clock_ms(now);
    update.flags = self_.signed_version() == StateVersion{update.incarnation, round_from_} ? 1 : 0;
    CborWriter mail = outbox_.plaintext();
    encode_update(mail, MessageType::mail, update);
    if (mail.ok()) return mail;
  }
  // Too much for a datagram: say that there is news, and let each peer pull at its own moment.
  return compose_beat(now, state.version());
}

CborWriter Mailer::compose_beat(Instant now, std::uint64_t version) {
  Update update;
  update.incarnation = self_.version().incarnation;
  update.from = update.to = version;
  update.clock_ms = self_.state().clock_ms(now);
  CborWriter mail = outbox_.plaintext();
  encode_update(mail, MessageType::mail, update);
  return mail;
}

// protocol.md [beat]
void Mailer::send_beats(Instant now, Effects& effects) {
  const Duration interval = beat(peers_.reachable_count() + 1);
  // While a round is under way some peers do not have its changes yet: they are not to take the
  // beat for news and pull what is about to come.
  const CborWriter mail = compose_beat(now, round_under_way() ? round_from_ : round_to_);
  while (beat_due() <= now && !effects.full()) {  // the next call goes on
    const auto [since, prefix] = beats_.take();
    Peer* peer = peers_.find_prefix(prefix);
    if (peer == nullptr || !peer->reachable() || peer->beat_from != since) continue;
    // Should sealing fail, the next beat is the next try.
    const bool due = peer->sent + interval <= now;
    if (due && !outbox_.send(*peer, mail, now, effects)) peer->sent = now;
    await_beat(*peer, peer->sent);
  }
}

}  // namespace dsn
