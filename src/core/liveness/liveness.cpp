// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/liveness.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// A peer that was met and never proved itself is forgotten after this: it may be a recording.
// protocol.md [unproven-forgotten]
constexpr Duration kUnprovenLifetime = 60s;
// Between knocks. There are as many as the bytes received allow: six or so. protocol.md [knock]
constexpr Duration kKnockInterval = 300ms;

}  // namespace

void Liveness::enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now,
                     Effects& effects) {
  peers_.set_state(peer, state);
  peer.life.since = now;
  effects.event(event, peer.id);
}

bool Liveness::heard(Peer& peer, Instant now, Effects& effects) {
  peer.life.heard = now;
  anybody_heard_ = now;
  if (!peer.candidate) peer.confirmation.due = kNever;
  return is_alive(peer, now, effects);
}

// Returns true if the set of members changed.
bool Liveness::is_alive(Peer& peer, Instant now, Effects& effects) {
  if (peer.life.suspected != kNever) suspicion_.end(peer, now, effects);
  if (peer.life.state == PeerState::live) return false;
  const bool was_member = peer.life.state == PeerState::late;
  enter(peer, PeerState::live, was_member ? CoreEvent::Kind::live : CoreEvent::Kind::joined, now,
        effects);
  due_ = std::min(due_, verdict_of(peer, now));
  return !was_member;
}

// protocol.md [beat-revives]
bool Liveness::handle_rumours(Peer& teller, const wire::Rumours& rumours, Instant now,
                              Effects& effects) {
  if (heartbeats_.take_own(teller, rumours.own, now)) {
    rumours_.note(teller);
    teller.copy.replica.note_clock_reached(teller.life.beat.index * kBeatTickMs, now);
  }
  bool members_changed = false;
  for (std::size_t at = 0; at < rumours.others.size(); at += wire::kRumourBytes) {
    const wire::Rumour rumour =
        wire::decode_rumour(rumours.others.subspan(at).first<wire::kRumourBytes>());
    peers_.for_each_with(rumour.origin, [&](Peer& peer) {
      if (&peer == &teller || peer.session.ended) return;
      const std::optional<Instant> shown = heartbeats_.take_relayed(peer, rumour, now);
      if (!shown) return;
      rumours_.note(peer);
      peer.life.heard = std::max(peer.life.heard, *shown);
      // What it showed before we suspected it, or gave it up, says nothing about now; nor does what
      // somebody kept for longer than silence is borne.
      const Instant doubted = peer.reachable() ? peer.life.suspected : peer.life.since;
      const bool again = doubted != kNever && *shown > doubted && now - *shown < kSilenceMin;
      if (again) members_changed |= is_alive(peer, now, effects);
    });
  }
  return members_changed;
}

void Liveness::handle_late(Peer& peer, const wire::Late& late, Instant now, Effects& effects) {
  if (suspicion_.handle_late(peer, late, now, effects)) due_ = std::min(due_, now + kLateAfter);
}

// protocol.md [lost-to-others]
void Liveness::note_lost_to_others(Peer& peer, Instant now) {
  const bool unheard = peer.life.state == PeerState::live && now - peer.life.heard >= kProofYoung;
  if (unheard && suspicion_.begin_for_others(peer, now)) due_ = std::min(due_, now + kLateAfter);
}

void Liveness::suspect(Peer& peer, Instant now) {
  if (peer.life.state != PeerState::live) return;
  suspicion_.begin(peer, now);
  due_ = std::min(due_, now + kLateAfter);
}

bool Liveness::handle_bye(Peer& peer, wire::ByeReason reason, Instant now, Effects& effects) {
  peer.session.ended = true;
  if (reason == wire::ByeReason::restarting) {
    enter(peer, PeerState::restarting, CoreEvent::Kind::restarting, now, effects);
  } else {
    enter(peer, PeerState::left, CoreEvent::Kind::left, now, effects);
  }
  peer.life.suspected = kNever;
  due_ = std::min(due_, verdict_of(peer, now));
  return true;
}

void Liveness::met(const Peer& peer, Instant now) {
  due_ = std::min(due_, std::max(now, verdict_of(peer, now)));
}

void Liveness::begin_knocking(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now) {
  peer.confirmation.to = from;
  peer.confirmation.bytes_left = bytes;
  peer.confirmation.due = now;
  knocks_.push(now, peer.id);
}

// protocol.md [own-lag]
void Liveness::note_own_lag(Instant now) {
  awake_since_ = now;
  anybody_heard_ = now;
  suspicion_.restart(now);
}

Duration Liveness::silence_max() const {
  const auto nodes = static_cast<Duration::rep>(peers_.reachable_count() + 1);
  return std::max<Duration>(kSilenceMin, kSilencePerNode * nodes);
}

// protocol.md [deaf]
bool Liveness::is_deaf(Instant now) const {
  if (peers_.reachable_count() < 2) return false;
  return now - anybody_heard_ > kDeafAfter || anti_entropy_.is_deaf();
}

Instant Liveness::verdict_of(const Peer& peer, Instant now) const {
  switch (peer.life.state) {
    case PeerState::met:
      return peer.life.met + kUnprovenLifetime;
    case PeerState::live:
      if (peer.life.suspected != kNever) return peer.life.suspected + kLateAfter;
      return std::max(peer.life.heard, awake_since_) + silence_max();
    case PeerState::late:
      if (has_bug(InjectedBug::never_gone)) return kNever;
      return peer.life.suspected + (is_deaf(now) ? kGoneAfterDeaf : kGoneAfter);
    case PeerState::restarting:
      return peer.life.since + kGoneAfter + kRestartGrace;
    case PeerState::gone:
    case PeerState::left:
      return peer.life.heard + kRetain;
  }
  return kNever;
}

bool Liveness::handle_timeout(Instant now, Effects& effects) {
  knock_due(now, effects);
  if (const std::optional<NodeId> silent = anti_entropy_.take_silent()) {
    Peer* peer = peers_.find(*silent);
    if (peer != nullptr && now - peer->life.heard >= kProofYoung) suspect(*peer, now);
  }
  suspicion_.handle_timeout(now, effects);
  if (due_ > now) return false;
  bool members_changed = false;
  std::vector<NodeId> forgotten;
  for (const auto& peer : peers_.all()) {
    if (verdict_of(*peer, now) > now) continue;
    const bool expires = peer->life.state == PeerState::met ||
                         peer->life.state == PeerState::gone || peer->life.state == PeerState::left;
    if (expires) {
      forgotten.push_back(peer->id);
    } else {
      members_changed |= judge(*peer, now, effects);
    }
  }
  for (const NodeId& id : forgotten) peers_.erase(id, now);
  due_ = kNever;
  for (const auto& peer : peers_.all()) due_ = std::min(due_, verdict_of(*peer, now));
  if (is_deaf(now)) due_ = std::min(due_, now + kRoundMin);  // it may hear again, and then judges
  return members_changed;
}

// protocol.md [suspected]
bool Liveness::judge(Peer& peer, Instant now, Effects& effects) {
  if (peer.life.state == PeerState::live && peer.life.suspected == kNever) {
    suspect(peer, now);
    return false;
  }
  if (peer.life.state == PeerState::live) {
    enter(peer, PeerState::late, CoreEvent::Kind::late, now, effects);
    return false;
  }
  peer.life.suspected = kNever;
  enter(peer, PeerState::gone, CoreEvent::Kind::gone, now, effects);
  return true;
}

void Liveness::knock_due(Instant now, Effects& effects) {
  while (knocks_.earliest() <= now) {
    const auto [due, prefix] = knocks_.take();
    Peer* peer = peers_.find_prefix(prefix);
    if (peer != nullptr && peer->confirmation.due == due) knock(*peer, now, effects);
  }
}

void Liveness::knock(Peer& peer, Instant now, Effects& effects) {
  // A full call is no reason to give up.
  const bool goes_on = effects.full() || anti_entropy_.knock(peer, now, effects);
  peer.confirmation.due = goes_on ? now + kKnockInterval : kNever;
  if (goes_on) knocks_.push(peer.confirmation.due, peer.id);
}

// protocol.md [bye]
bool Liveness::say_bye(wire::ByeReason reason, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_bye(out, reason);
  for (; bye_position_ < peers_.all().size(); ++bye_position_) {
    if (effects.full()) return false;
    Peer& peer = *peers_.all()[bye_position_];
    if (peer.reachable()) outbox_.send(peer, out, effects);
  }
  bye_position_ = 0;
  return true;
}

}  // namespace dsn::core
