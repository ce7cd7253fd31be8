// SPDX-License-Identifier: Apache-2.0
#include "core/liveness.hpp"

#include <algorithm>

#include "core/mailer.hpp"

namespace dsn {
namespace {

// A peer that was met and never proved itself is forgotten after this: it may be a recording.
constexpr Duration kUnprovenLifetime = 60s;
constexpr std::size_t kKnocksMax = 8;

}  // namespace

Duration Liveness::beat() const { return Mailer::beat(peers_.count() + 1); }

void Liveness::enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now,
                     Effects& effects) {
  peer.state = state;
  peer.state_since = now;
  effects.event(event, peer.id);
}

bool Liveness::heard(Peer& peer, Instant now, Effects& effects) {
  peer.heard = now;
  if (!peer.candidate) peer.probe_due = kNever;
  if (peer.state == PeerState::live) return false;
  const bool was_member = peer.state == PeerState::late;
  enter(peer, PeerState::live, was_member ? CoreEvent::Kind::live : CoreEvent::Kind::joined, now,
        effects);
  due_ = std::min(due_, deadline_of(peer));
  return !was_member;
}

bool Liveness::handle_bye(Peer& peer, ByeReason reason, Instant now, Effects& effects) {
  if (reason == ByeReason::restarting) {
    enter(peer, PeerState::restarting, CoreEvent::Kind::restarting, now, effects);
  } else {
    enter(peer, PeerState::left, CoreEvent::Kind::left, now, effects);
  }
  due_ = std::min(due_, deadline_of(peer));
  return true;
}

void Liveness::begin_knocking(Peer& peer, Instant now) {
  peer.knocks = 0;
  peer.probe_due = now;
  due_ = std::min(due_, now);
}

Instant Liveness::deadline_of(const Peer& peer) const {
  Instant verdict = kNever;
  switch (peer.state) {
    case PeerState::met:
      verdict = peer.met + kUnprovenLifetime;
      break;
    case PeerState::live:
      verdict = peer.heard + beat() * kLateBeats;
      break;
    case PeerState::late:
      verdict = peer.heard + beat() * kGoneBeats;
      break;
    case PeerState::restarting:
      verdict = peer.state_since + beat() * kGoneBeats + kRestartGrace;
      break;
    case PeerState::gone:
    case PeerState::left:
      verdict = peer.heard + kRetain;
      break;
  }
  return std::min(std::max(verdict, no_verdict_before_), peer.probe_due);
}

bool Liveness::handle_timeout(Instant now, Effects& effects) {
  if (due_ > now) return false;
  if (now - due_ > kOwnLagMax) no_verdict_before_ = now + beat() * kLateBeats;
  bool members_changed = false;
  std::vector<NodeId> forgotten;
  for (const auto& peer : peers_.all()) {
    if (peer->probe_due <= now) probe(*peer, now, effects);
    if (deadline_of(*peer) > now) continue;
    const bool expires = peer->state == PeerState::met || peer->state == PeerState::gone ||
                         peer->state == PeerState::left;
    if (expires) {
      forgotten.push_back(peer->id);
    } else {
      members_changed |= judge(*peer, now, effects);
    }
  }
  for (const NodeId& id : forgotten) peers_.erase(id);
  due_ = kNever;
  for (const auto& peer : peers_.all()) due_ = std::min(due_, deadline_of(*peer));
  return members_changed;
}

bool Liveness::judge(Peer& peer, Instant now, Effects& effects) {
  if (peer.state == PeerState::live) {
    enter(peer, PeerState::late, CoreEvent::Kind::late, now, effects);
    peer.probe_due = now;
    return false;
  }
  enter(peer, PeerState::gone, CoreEvent::Kind::gone, now, effects);
  peer.probe_due = kNever;
  return true;
}

void Liveness::probe(Peer& peer, Instant now, Effects& effects) {
  const bool absent = peer.state != PeerState::live && peer.state != PeerState::late;
  const bool knocking = absent || peer.candidate;
  const bool given_up = knocking && ++peer.knocks > kKnocksMax;
  if (given_up) peers_.drop_candidate(peer);
  if (given_up || (!knocking && peer.state != PeerState::late)) {
    peer.probe_due = kNever;
    return;
  }
  anti_entropy_.send_syn(peer, now, effects);
  peer.probe_due = now + kProbeInterval;
}

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
