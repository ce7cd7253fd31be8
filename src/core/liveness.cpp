// SPDX-License-Identifier: Apache-2.0
#include "core/liveness.hpp"

#include <algorithm>

#include "core/injected_bugs.hpp"
#include "core/mailer.hpp"

namespace dsn {
namespace {

// A peer that was met and never proved itself is forgotten after this: it may be a recording.
// protocol.md [unproven-forgotten]
constexpr Duration kUnprovenLifetime = 60s;
// Between knocks. There are as many as the bytes received allow: six or so. protocol.md [knock]
constexpr Duration kKnockInterval = 300ms;

}  // namespace

// A node sends at the pace of the network that it knows. Before all know all, views differ: the
// slower pace counts.
Duration Liveness::beat_of(const Peer& peer) const {
  return Mailer::beat(std::max<std::size_t>(members_, peer.members_told));
}

void Liveness::enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now,
                     Effects& effects) {
  peer.state = state;
  peer.state_since = now;
  effects.event(event, peer.id);
}

bool Liveness::heard(Peer& peer, Instant now, Effects& effects) {
  peer.heard = now;
  peer.probe_due = kNever;
  if (!peer.candidate) peer.knock_due = kNever;
  if (peer.state == PeerState::live) return false;
  const bool was_member = peer.state == PeerState::late;
  if (!was_member) ++members_;
  enter(peer, PeerState::live, was_member ? CoreEvent::Kind::live : CoreEvent::Kind::joined, now,
        effects);
  due_ = std::min(due_, deadline_of(peer));
  return !was_member;
}

bool Liveness::handle_bye(Peer& peer, ByeReason reason, Instant now, Effects& effects) {
  peer.session.ended = true;
  if (reason == ByeReason::restarting) {
    enter(peer, PeerState::restarting, CoreEvent::Kind::restarting, now, effects);
  } else {
    enter(peer, PeerState::left, CoreEvent::Kind::left, now, effects);
  }
  members_left();
  due_ = std::min(due_, deadline_of(peer));
  return true;
}

void Liveness::met(const Peer& peer, Instant now) {
  due_ = std::min(due_, std::max(now, deadline_of(peer)));
}

void Liveness::begin_knocking(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now) {
  peer.candidate_endpoint = from;
  peer.knock_bytes = bytes;
  peer.knock_due = now;
  due_ = std::min(due_, now);
}

void Liveness::note_own_lag(Instant now) {
  no_verdict_before_ = now + Mailer::beat(members_) * kLateBeats;
}

// What peers said of the size of the network was before: we would wait for them too long.
void Liveness::members_left() {
  members_ = peers_.reachable_count() + 1;
  for (const auto& peer : peers_.all()) peer->members_told = 0;
}

Instant Liveness::verdict_of(const Peer& peer) const {
  switch (peer.state) {
    case PeerState::met:
      return peer.met + kUnprovenLifetime;
    case PeerState::live:
      return peer.heard + beat_of(peer) * kLateBeats;
    case PeerState::late:
      if (has_bug(InjectedBug::never_gone)) return kNever;
      return peer.heard + beat_of(peer) * kGoneBeats;
    case PeerState::restarting:
      return peer.state_since + beat_of(peer) * kGoneBeats + kRestartGrace;
    case PeerState::gone:
    case PeerState::left:
      return peer.heard + kRetain;
  }
  return kNever;
}

Instant Liveness::deadline_of(const Peer& peer) const {
  return std::min({std::max(verdict_of(peer), no_verdict_before_), peer.probe_due, peer.knock_due});
}

bool Liveness::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return false;
  members_ = peers_.reachable_count() + 1;
  bool members_changed = false;
  std::vector<NodeId> forgotten;
  for (const auto& peer : peers_.all()) {
    if (peer->probe_due <= now) probe(*peer, now, effects);
    if (peer->knock_due <= now) knock(*peer, now, effects);
    if (deadline_of(*peer) > now) continue;
    const bool expires = peer->state == PeerState::met || peer->state == PeerState::gone ||
                         peer->state == PeerState::left;
    if (expires) {
      forgotten.push_back(peer->id);
    } else {
      members_changed |= judge(*peer, now, effects);
    }
  }
  for (const NodeId& id : forgotten) peers_.erase(id, now);
  if (members_changed) members_left();
  due_ = kNever;
  for (const auto& peer : peers_.all()) due_ = std::min(due_, deadline_of(*peer));
  return members_changed;
}

bool Liveness::judge(Peer& peer, Instant now, Effects& effects) {
  peer.probe_due = kNever;
  if (peer.state == PeerState::live) {
    enter(peer, PeerState::late, CoreEvent::Kind::late, now, effects);
    peer.probe_due = now;
    return false;
  }
  enter(peer, PeerState::gone, CoreEvent::Kind::gone, now, effects);
  return true;
}

void Liveness::probe(Peer& peer, Instant now, Effects& effects) {
  if (peer.state != PeerState::late) {
    peer.probe_due = kNever;
    return;
  }
  anti_entropy_.send_syn(peer, now, effects);
  peer.probe_due = now + std::max<Duration>(kProbeInterval, beat_of(peer) / kProbesPerBeat);
}

void Liveness::knock(Peer& peer, Instant now, Effects& effects) {
  // A full call is no reason to give up.
  const bool goes_on = effects.full() || anti_entropy_.knock(peer, now, effects);
  peer.knock_due = goes_on ? now + kKnockInterval : kNever;
}

// protocol.md [bye]
bool Liveness::say_bye(ByeReason reason, Instant now, Effects& effects) {
  CborWriter out = outbox_.plaintext();
  encode_bye(out, reason);
  for (; bye_position_ < peers_.all().size(); ++bye_position_) {
    if (effects.full()) return false;
    Peer& peer = *peers_.all()[bye_position_];
    if (peer.reachable()) outbox_.send(peer, out, now, effects);
  }
  bye_position_ = 0;
  return true;
}

}  // namespace dsn
