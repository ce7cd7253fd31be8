// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/heartbeats.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"
#include "core/peers/session_clock.hpp"
#include "core/session/frame_codec.hpp"

namespace dsn::core {
namespace {

// No clock runs at several times the rate of ours: what claims to be of a later time is not worth a
// hash.
constexpr Duration::rep kRatesMax = 4;
constexpr Duration::rep kTicksSpare = 4;
constexpr std::uint64_t kIndexMax = wire::kSessionClockMsMax / kBeatTickMs;

// When the peer showed this beat, at the latest.
Instant shown_at(const Peer& peer, std::uint64_t index, Instant now) {
  const auto ticks = static_cast<Duration::rep>(index - peer.life.beat.index);
  return std::min(now, peer.life.beat_shown + kBeatTickMax * ticks);
}

// How long ago, when the newest frame of the peer left, the beat was due: its number tells the
// clock.
Duration since_tick(const Peer& peer, std::uint64_t index) {
  const std::uint64_t clock = clock_ms_of(peer.session.received.highest());
  const std::uint64_t due = index * kBeatTickMs;
  return clock > due ? std::chrono::milliseconds(clock - due) : std::chrono::milliseconds(0);
}

bool is_known(const Peer& peer) {
  return peer.life.beat_session == peer.session.peer && peer.session.confirmed;
}

}  // namespace

// protocol.md [beat-own]
bool Heartbeats::take_own(Peer& peer, const wire::Beat& beat, Instant now) {
  if (beat.index > kIndexMax) return false;
  const bool known = is_known(peer);
  if (known && beat.index < peer.life.beat.index) return false;
  const bool news = !known || beat.index > peer.life.beat.index;
  peer.life.beat_session = peer.session.peer;
  peer.life.beat = beat;
  peer.life.beat_shown = now - since_tick(peer, beat.index);
  return news;
}

void Heartbeats::take_anchor(Peer& peer, const Head& head, Instant now) {
  const bool later = is_known(peer) && head.session == peer.session.peer &&
                     beat_segment(head.anchor.index) > beat_segment(peer.life.beat.index);
  if (!later) return;
  peer.life.beat_shown = shown_at(peer, head.anchor.index, now);
  peer.life.beat = head.anchor;
}

bool Heartbeats::is_of_chain(const Peer& peer, const wire::Beat& beat, Instant now) {
  if (has_bug(InjectedBug::relayed_liveness_believed)) return true;
  const std::uint64_t steps = beat.index - peer.life.beat.index;
  const auto steps_max = (now - peer.life.beat_shown) / kBeatTick * kRatesMax + kTicksSpare;
  if (steps_max < 0 || steps > static_cast<std::uint64_t>(steps_max)) return false;
  if (beat_segment(beat.index) != beat_segment(peer.life.beat.index)) return false;
  if (!steps_.take(now, static_cast<double>(steps))) return false;
  return leads_back(crypto_, {peer.id, peer.session.peer}, beat, peer.life.beat);
}

void Heartbeats::take_proven(Peer& peer, const StoredHead& head, const wire::Beat& beat,
                             Instant shown) {
  if (beat.index <= beat_of_run(peer, head).index) return;
  peer.life.beat = beat;
  peer.life.beat_session = head.session;
  peer.life.beat_shown = shown;
}

// protocol.md [relay-clock]
bool Heartbeats::is_proven(const Head& head, const wire::Beat& beat, Instant now) {
  if (beat_segment(beat.index) != beat_segment(head.anchor.index)) return false;
  if (beat.index < head.anchor.index) return false;
  if (!steps_.take(now, static_cast<double>(beat.index - head.anchor.index))) return false;
  return leads_back(crypto_, {head.id, head.session}, beat, head.anchor);
}

// A relay that holds beats of a dead node back can hand them out one by one. So each is taken to be
// as old as the peer's clock says, and never to be of a later time than all of them together allow.
// protocol.md [beat-relayed] [beat-age]
std::optional<Instant> Heartbeats::take_relayed(Peer& peer, const wire::Rumour& rumour,
                                                Instant now) {
  if (!is_known(peer)) return std::nullopt;
  const auto steps = static_cast<std::uint16_t>(rumour.index - peer.life.beat.index);
  if (steps == 0 && !has_bug(InjectedBug::old_beat_counts)) return std::nullopt;
  const wire::Beat beat{peer.life.beat.index + steps, rumour.element};
  if (!is_of_chain(peer, beat, now)) return std::nullopt;
  const bool believed =
      has_bug(InjectedBug::withheld_beat_counts) || has_bug(InjectedBug::old_beat_counts);
  const Instant shown = believed ? now : shown_at(peer, beat.index, now);
  peer.life.beat = beat;
  peer.life.beat_shown = shown;
  return shown;
}

}  // namespace dsn::core
