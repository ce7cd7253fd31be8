// SPDX-License-Identifier: Apache-2.0
#include "core/publish/mailer.hpp"

namespace dsn::core {

void Mailer::incarnation_raised(Instant now) {
  announce_ = true;
  pump_due_ = now;
}

void Mailer::handle_timeout(Instant now, Effects& effects) {
  if (pump_due_ <= now) pump(now, effects);
}

// protocol.md [mail-once]
void Mailer::begin_round() {
  announce_ = false;
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
      if (round_to_ == self_.state().version() && !announce_) return;
      begin_round();
    }
    // Composed anew after each pause: the ages in it refer to the clock that its frames tell.
    const wire::CborWriter mail = compose_mail(now);
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
      if (peer != nullptr && peer->reachable() && outbox_.send(*peer, mail, effects)) {
        counters_.add(Counter::updates_out);
      }
    }
  }
}

// protocol.md [mail-too-large] [mail-checkpoint]
wire::CborWriter Mailer::compose_mail(Instant now) {
  OwnState& state = self_.state();
  if (state.can_update_from(round_from_)) {
    wire::Update update = state.changes_since(round_from_, now);
    update.incarnation = self_.raised_incarnation();
    const StateVersion from{self_.version().incarnation, round_from_};
    update.flags = self_.signed_version() == from ? 1 : 0;
    wire::CborWriter mail = outbox_.plaintext();
    wire::encode_update(mail, wire::MessageType::mail, update);
    if (mail.ok()) return mail;
  }
  // Too much for a datagram: say that there is news, and let each peer pull at its own moment.
  wire::Update update;
  update.incarnation = self_.raised_incarnation();
  update.from = update.to = state.version();
  wire::CborWriter mail = outbox_.plaintext();
  wire::encode_update(mail, wire::MessageType::mail, update);
  return mail;
}

}  // namespace dsn::core
