// SPDX-License-Identifier: Apache-2.0
#include "core/join/clones.hpp"

#include <algorithm>

namespace dsn::core {
namespace {

// A run that is refused is told so for this long, however lively the later run seems: it may be the
// same machine, started anew.
constexpr Duration kPastRunTold = 5s;
// A run that was not heard for so long does not stand in the way of another machine.
constexpr Duration kRunSilent = 7s;
// A second machine says HELLO so often while it is not believed.
constexpr Duration kCallInterval = 4s;
// So long after others first showed a later run, it may be outbid without drawing on the budget.
constexpr Duration kOutbidAfter = 10s;
// Between two words to a node about its second machine.
constexpr Duration kTwinToldInterval = 10s;

bool is_silent(const Peer& peer, Instant now) {
  return !peer.reachable() || peer.session.ended || now - peer.life.heard >= kRunSilent;
}

void note(PeerTwin& twin, SessionId session, std::uint32_t incarnation, Instant now) {
  if (twin.session != session || twin.incarnation != incarnation) {
    twin = {.session = session, .incarnation = incarnation, .since = now};
  }
  twin.heard = now;
  ++twin.count;
}

}  // namespace

// protocol.md [past-run-told]
bool Clones::note_past_run(const PastRun& run, Instant now) {
  Peer* peer = peers_.find(run.id);
  if (peer == nullptr) return true;
  note(peer->twin, run.session, run.incarnation, now);
  peer->twin.at = run.at;
  const bool is_tie = run.incarnation == peers_.head_of(run.id).version.incarnation;
  return is_tie || is_silent(*peer, now) || now - peer->twin.since < kPastRunTold;
}

bool Clones::is_second_machine(const PastRun& run, Instant now) const {
  const Peer* peer = peers_.find(run.id);
  return peer != nullptr && !is_silent(*peer, now) && peer->twin.is_lasting() &&
         now - peer->twin.told >= kTwinToldInterval;
}

// protocol.md [clone-told]
void Clones::second_machine_proven(const PastRun& run, const StoredHead& head, Instant now,
                                   Effects& effects) {
  Peer* peer = peers_.find(run.id);
  if (peer == nullptr) return;
  if (!peer->twin.is_proven) effects.event(CoreEvent::Kind::clone, peer->id);
  peer->twin.is_proven = true;
  peer->twin.told = now;
  const Endpoint other = peer->path.proven();
  if (other.port != 0) {
    greeter_.send_own_head(head, {other, wire::kDatagramBytesMax, keys_.current()}, now, effects);
  }
}

// protocol.md [hello-clone]
bool Clones::note_own_past_run(SessionId session, Instant now) {
  note(own_past_, session, 0, now);
  return own_past_.is_lasting();
}

void Clones::report_own(const Endpoint& at, Instant now, Effects& effects) {
  if (!own_clone(now)) {
    own_.at = {};
    effects.event(CoreEvent::Kind::clone, self_.id());
  }
  own_.heard = now;
  if (at.port != 0) own_.at = at;
}

// protocol.md [raise-rate]
void Clones::handle_later_run(std::uint32_t incarnation, Instant now, Effects& effects) {
  if (incarnation > highest_) {
    highest_ = incarnation;
    highest_shown_ = now;
  }
  const bool may_outbid = own_.is_out && now - highest_shown_ >= kOutbidAfter;
  if (!may_outbid && !raises_.take(now)) {
    own_.is_out = true;
    if (call_due_ == kNever) call_due_ = now + kCallInterval;
    return report_own({}, now, effects);
  }
  own_.is_out = false;
  call_due_ = kNever;
  self_.raise_incarnation(incarnation);
  effects.persist();
  discovery_.announce(now);
}

std::optional<OwnClone> Clones::own_clone(Instant now) const {
  const bool is_recent = own_.heard != Instant{} && now - own_.heard < kTwinKept;
  return is_recent || own_.is_out ? std::optional(own_) : std::nullopt;
}

// protocol.md [refused-calls]
void Clones::handle_timeout(Instant now) {
  if (call_due_ > now) return;
  call_due_ = now + kCallInterval;
  discovery_.announce(now);
}

}  // namespace dsn::core
