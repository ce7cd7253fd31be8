// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/suspicion.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace dsn::core {

void Suspicion::begin(Peer& peer, Instant now) {
  if (peer.life.suspected != kNever) return;
  peer.life.suspected = now;
  peer.life.probed = {};
  suspects_.push_front(peer.id);
  probe_due_ = now;
  // Its answer to our first probe may be all that is needed.
  ask_due_ = std::min(ask_due_, now + kProbeInterval);
}

void Suspicion::end(Peer& peer, Instant now, Effects& effects) {
  peer.life.suspected = kNever;
  const Peer* const about[] = {&peer};
  for (const std::uint64_t prefix : std::exchange(peer.life.askers, {})) {
    Peer* asker = peers_.find_prefix(prefix);
    if (asker != nullptr && asker->reachable()) rumours_.send(*asker, about, now, effects);
  }
}

void Suspicion::restart(Instant now) {
  for (const NodeId& id : suspects_) {
    Peer* peer = peers_.find(id);
    if (peer != nullptr && peer->life.suspected != kNever) peer->life.suspected = now;
  }
}

void Suspicion::forget_cleared() {
  std::erase_if(suspects_, [this](const NodeId& id) {
    const Peer* peer = peers_.find(id);
    return peer == nullptr || peer->life.suspected == kNever;
  });
}

void Suspicion::handle_timeout(Instant now, Effects& effects) {
  if (next_deadline() > now) return;
  forget_cleared();
  if (probe_due_ <= now) probe(now, effects);
  if (ask_due_ <= now) ask(now, effects);
}

// protocol.md [probe]
void Suspicion::probe(Instant now, Effects& effects) {
  probe_due_ = kNever;
  std::size_t probed = 0;
  for (const NodeId& id : suspects_) {
    Peer& peer = *peers_.find(id);
    if (peer.life.probed + kProbeInterval > now) {
      probe_due_ = peer.life.probed + kProbeInterval;  // those behind it were probed later
      break;
    }
    if (!probes_.take(now)) {
      probe_due_ = probes_.available_at(now);
      break;
    }
    peer.life.probed = now;
    syns_.send(peer, now, effects);
    ++probed;
  }
  std::ranges::rotate(suspects_, suspects_.begin() + static_cast<std::ptrdiff_t>(probed));
  if (probe_due_ == kNever && !suspects_.empty()) probe_due_ = now + kProbeInterval;
}

// protocol.md [late-asked]
void Suspicion::ask(Instant now, Effects& effects) {
  ask_due_ = suspects_.empty() ? kNever : now + kLateInterval;
  wire::Late late;
  for (const NodeId& id : suspects_) {
    if (late.count == late.prefixes.size()) break;
    late.prefixes[late.count++] = id.prefix();
  }
  const std::vector<Peer*>& members = peers_.members().all();
  if (late.count == 0 || members.empty()) return;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_late(out, late);
  std::size_t asked = 0;
  const std::size_t first = random_.below(members.size());
  for (std::size_t i = 0; i < members.size() && asked < kLateFanOut; ++i) {
    Peer& peer = *members[(first + i) % members.size()];
    if (peer.life.suspected != kNever) continue;
    outbox_.send(peer, out, effects);
    ++asked;
  }
}

// protocol.md [late-answer]
bool Suspicion::handle_late(Peer& from, const wire::Late& late, Instant now, Effects& effects) {
  bool began = false;
  std::vector<const Peer*> alive;
  for (std::size_t i = 0; i < late.count; ++i) {
    Peer* suspect = peers_.find_prefix(late.prefixes[i]);
    if (suspect == nullptr || suspect == &from || !suspect->reachable()) continue;
    if (suspect->life.suspected == kNever && now - suspect->life.heard < kProofYoung) {
      alive.push_back(suspect);
    } else {
      began |= look_for(*suspect, from, now);
    }
  }
  if (!alive.empty()) rumours_.send(from, alive, now, effects);
  return began;
}

// protocol.md [late-limit]
bool Suspicion::look_for(Peer& suspect, const Peer& asker, Instant now) {
  const std::uint64_t prefix = asker.id.prefix();
  const bool waits = std::ranges::find(suspect.life.askers, prefix) != suspect.life.askers.end();
  if (!waits && suspect.life.askers.size() < kAskersMax) suspect.life.askers.push_back(prefix);
  return begin_for_others(suspect, now);
}

bool Suspicion::begin_for_others(Peer& peer, Instant now) {
  const bool anew = peer.life.suspected == kNever && now - peer.life.late_asked >= kLateAskedPause;
  if (!anew || !asked_for_.take(now)) return false;
  peer.life.late_asked = now;
  begin(peer, now);
  return true;
}

}  // namespace dsn::core
