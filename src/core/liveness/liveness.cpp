// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/liveness.hpp"

#include <algorithm>
#include <bit>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// Beats come every two seconds, and through others later than from the peer itself.
// protocol.md [relayed-patience]
constexpr Duration kProbesUnanswered = 2 * kProbeInterval;

Duration::rep patience_with(const Peer& peer) {
  return peer.life.is_relayed ? kRelayedPatience : 1;
}

}  // namespace
void Liveness::enter(Peer& peer, PeerState state, CoreEvent::Kind event, Instant now,
                     Effects& effects, bool returned) {
  peers_.set_state(peer, state);
  peer.life.since = now;
  effects.event(event, peer.id, {}, returned);
}

void Liveness::set_retain(Duration retain, Instant now) {
  retain_ = retain;
  due_ = std::min(due_, now);
}

void Liveness::set_online(bool is_online, Instant now) {
  if (is_online && is_offline_) {
    awaiting_since_ = now;
    due_ = std::min(due_, now + kAwaitedMax);
  }
  is_offline_ = !is_online && anybody_heard_ == Instant{};
}

void Liveness::remember(Peer& peer, Duration absent, Duration silence, Instant now) {
  peers_.set_state(peer, silence > Duration(0) ? PeerState::asleep : PeerState::awaited);
  peer.life.since = now;
  peer.life.heard = now - absent;
  peer.life.silence = silence;
  peer.life.was_there = true;
  schedule_verdict(peer, now);
}

bool Liveness::heard(Peer& peer, Instant now, Effects& effects) {
  peer.life.heard = now;
  peer.life.is_relayed = false;
  peer.life.is_unanswered = false;
  peer.life.told_in_doubt = 0;
  peer.life.told_by = {};
  anybody_heard_ = now;
  set_online(true, awaiting_since_);
  return is_alive(peer, now, effects);
}

// Returns true if the set of members changed.
bool Liveness::is_alive(Peer& peer, Instant now, Effects& effects) {
  if (peer.life.suspected != kNever) suspicion_.end(peer, now, effects);
  if (peer.life.state == PeerState::live) return false;
  const bool was_member = peer.life.state == PeerState::late;
  peer.life.silence = {};
  const bool returned = !was_member && peer.life.was_there;
  peer.life.was_there = true;
  enter(peer, PeerState::live, was_member ? CoreEvent::Kind::live : CoreEvent::Kind::joined, now,
        effects, returned);
  due_ = std::min(due_, verdict_of(peer, now));
  return !was_member;
}

// protocol.md [beat-revives]
bool Liveness::handle_rumours(Peer& teller, const wire::Rumours& rumours, Instant now,
                              Effects& effects) {
  if (heartbeats_.take_own(teller, rumours.own, now)) rumours_.note(teller, teller);
  teller.life.warnings = rumours.warnings;
  bool members_changed = false;
  for (std::size_t at = 0; at < rumours.others.size(); at += wire::kRumourBytes) {
    const wire::Rumour rumour =
        wire::decode_rumour(rumours.others.subspan(at).first<wire::kRumourBytes>());
    peers_.for_each_with(rumour.origin, [&](Peer& peer) {
      if (&peer == &teller || peer.session.ended) return;
      const std::optional<Instant> shown = heartbeats_.take_relayed(peer, rumour, now);
      if (!shown) return;
      rumours_.note(peer, teller);
      if (*shown > peer.life.heard) peer.life.told_by = teller.id;
      peer.life.heard = std::max(peer.life.heard, *shown);
      // A beat that the peer showed before it was suspected or gone proves nothing now. Nor does
      // one that is so old that the peer would be suspected by now: a node may have held it back.
      const Instant given_up = peer.reachable() ? peer.life.suspected : peer.life.since;
      const bool again = given_up != kNever && *shown > given_up && now - *shown < kSilenceMin;
      if (!again) return;
      // Beats that it showed just before it died may come late too, but end only one suspicion.
      if (now - given_up > kProbesUnanswered) ++peer.life.told_in_doubt;
      peer.life.is_relayed |= !peer.reachable() || peer.life.told_in_doubt > 1;
      members_changed |= is_alive(peer, now, effects);
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

// protocol.md [sleep-max]
void Liveness::handle_bye(Peer& peer, const wire::Bye& bye, Instant now, Effects& effects) {
  peer.session.ended = true;
  switch (bye.reason) {
    case wire::ByeReason::restarting:
      enter(peer, PeerState::restarting, CoreEvent::Kind::restarting, now, effects);
      break;
    case wire::ByeReason::asleep: {
      const auto most = static_cast<std::uint64_t>(to_ms(kSleepMax));
      peer.life.silence = std::chrono::milliseconds(std::min(bye.silence_ms, most));
      enter(peer, PeerState::asleep, CoreEvent::Kind::asleep, now, effects);
      break;
    }
    case wire::ByeReason::leaving:
      enter(peer, PeerState::left, CoreEvent::Kind::left, now, effects);
      break;
  }
  peer.life.suspected = kNever;
  due_ = std::min(due_, verdict_of(peer, now));
}

void Liveness::schedule_verdict(const Peer& peer, Instant now) {
  due_ = std::min(due_, std::max(now, verdict_of(peer, now)));
}

void Liveness::round_unanswered(Peer& peer, Instant now) {
  if (peer.life.is_unanswered) silent_.push_back(peer.path.proven());
  peer.life.is_unanswered = true;
  if (now - peer.life.heard >= kProofYoung) suspect(peer, now);
}

void Liveness::found_by_relay(Peer& peer, Instant now) {
  peers_.set_state(peer, PeerState::gone);
  peer.life.since = now;
}

void Liveness::heard_by_relay(Peer& peer, const StoredHead& head, const wire::Beat& beat,
                              Instant heard) {
  peer.life.heard = heard;
  Heartbeats::take_proven(peer, head, beat, heard);
}

void Liveness::head_by_relay(Peer& peer, const StoredHead& head, bool is_new, Instant now,
                             Effects& effects) {
  const bool newest = !peer.session.confirmed || peer.session.peer == head.session;
  const bool lost = peer.life.state == PeerState::gone || peer.life.state == PeerState::awaited;
  if (head.left && newest && lost) {
    enter(peer, PeerState::left, CoreEvent::Kind::left, now, effects);
  } else if (is_new) {
    effects.event(CoreEvent::Kind::gone, peer.id);
  }
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
  const std::uint32_t last_rounds = answered_rounds_ & ((1U << kRoundsRemembered) - 1);
  const auto answered = static_cast<unsigned>(std::popcount(last_rounds));
  return now - anybody_heard_ > kDeafAfter || answered < kRoundsAnsweredMin;
}

Instant Liveness::verdict_of(const Peer& peer, Instant now) const {
  switch (peer.life.state) {
    case PeerState::live:
      if (peer.life.suspected != kNever) {
        return peer.life.suspected + patience_with(peer) * kLateAfter;
      }
      return std::max(peer.life.heard, awake_since_) + silence_max();
    case PeerState::late:
      if (has_bug(InjectedBug::never_gone)) return kNever;
      return peer.life.suspected +
             (is_deaf(now) ? kGoneAfterDeaf : patience_with(peer) * kGoneAfter);
    case PeerState::restarting:
      return peer.life.since + kGoneAfter + kRestartGrace;
    case PeerState::asleep:  // protocol.md [sleep-awaited]
      if (has_bug(InjectedBug::sleep_not_awaited)) return peer.life.since + kRestartGrace;
      if (has_bug(InjectedBug::sleeps_for_ever)) return kNever;
      return peer.life.since + peer.life.silence + kRestartGrace;
    case PeerState::overdue:
      return peer.life.since + kGoneAfter;
    case PeerState::awaited:
      return awaited_until();
    case PeerState::gone:
    case PeerState::left:
      return peer.life.heard + peer.life.silence + retain_;
  }
  return kNever;
}

std::vector<const Peer*> Liveness::handle_timeout(Instant now, Effects& effects) {
  suspicion_.handle_timeout(now, effects);
  std::vector<const Peer*> gone;
  if (due_ > now) return gone;
  std::vector<NodeId> forgotten;
  for (const auto& peer : peers_.all()) {
    if (verdict_of(*peer, now) > now) continue;
    const bool expires = peer->life.state == PeerState::gone || peer->life.state == PeerState::left;
    if (expires) {
      forgotten.push_back(peer->id);
    } else if (judge(*peer, now, effects)) {
      gone.push_back(peer.get());
    }
  }
  for (const NodeId& id : forgotten) peers_.erase(id, now);
  due_ = kNever;
  for (const auto& peer : peers_.all()) due_ = std::min(due_, verdict_of(*peer, now));
  if (is_deaf(now)) due_ = std::min(due_, now + kRoundMin);  // it may hear again, and then judges
  return gone;
}

// Returns true if the peer is gone.
// protocol.md [suspected]
bool Liveness::judge(Peer& peer, Instant now, Effects& effects) {
  if (peer.life.state == PeerState::live && peer.life.suspected == kNever) {
    suspect(peer, now);
    return false;
  }
  if (peer.life.state == PeerState::live) {
    enter(peer, PeerState::late, CoreEvent::Kind::late, now, effects);
    silent_.push_back(peer.path.proven());
    return false;
  }
  if (peer.life.state == PeerState::asleep) {
    enter(peer, PeerState::overdue, CoreEvent::Kind::late, now, effects);
    return false;
  }
  peer.life.suspected = kNever;
  enter(peer, PeerState::gone, CoreEvent::Kind::gone, now, effects);
  return true;
}

// protocol.md [bye]
bool Liveness::say_bye(const wire::Bye& bye, const wire::SignedHead* head, Effects& effects) {
  for (; bye_position_ < peers_.all().size(); ++bye_position_) {
    if (effects.full()) return false;
    Peer& peer = *peers_.all()[bye_position_];
    // Who does not answer may hear all the same.
    if (!peer.session.confirmed || peer.session.ended) continue;
    wire::CborWriter out = outbox_.plaintext();
    // Nothing counts that comes after BYE, so both go in one frame. An address that is not proven
    // may have no room for the head.
    if (head != nullptr && peer.path.is_proven()) wire::encode_head_message(out, *head);
    wire::encode_bye(out, bye);
    outbox_.send(peer, out, effects);
  }
  bye_position_ = 0;
  return true;
}

}  // namespace dsn::core
