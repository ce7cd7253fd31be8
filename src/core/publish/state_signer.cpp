// SPDX-License-Identifier: Apache-2.0
#include "core/publish/state_signer.hpp"

#include <algorithm>
#include <vector>

namespace dsn::core {
namespace {

// Members that get a new head at once.
constexpr std::size_t kToldAtOnce = 4;
// Copies of a head that are sent and not yet acknowledged.
constexpr unsigned kCopiesMax = 2;

}  // namespace

// protocol.md [head-version]
void StateSigner::own_state_changed(Instant now) {
  if (due_ != kNever) return;
  due_ = std::max(now + kCheckpointDelay, self_.signed_at() + kCheckpointInterval);
}

// protocol.md [head-segment]
void StateSigner::handle_timeout(Instant now, Effects& effects) {
  if (next_deadline() <= now) {
    due_ = kNever;
    self_.sign(now);
  }
  if (self_.head_number() != told_) tell_some(effects);
}

// protocol.md [head-told]
void StateSigner::tell_some(Effects& effects) {
  told_ = self_.head_number();
  std::vector<Peer*> members = peers_.members().all();
  const std::size_t count = std::min(members.size(), kToldAtOnce);
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(members[i], members[i + random_.below(members.size() - i)]);
    tell(*members[i], effects);
  }
}

bool StateSigner::tell(Peer& peer, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  return append_to(peer, out) && outbox_.send(peer, out, effects);
}

HeadTold& StateSigner::told_of(Peer& peer) const {
  HeadTold& told = peer.head_told;
  if (told.number != self_.head_number()) told = {.number = self_.head_number()};
  return told;
}

bool StateSigner::append(wire::CborWriter& out) const {
  const std::size_t before = out.size();
  wire::encode_head_message(out, self_.last_head());
  if (out.ok()) return true;
  out.rewind(before);
  return false;
}

bool StateSigner::append_to(Peer& peer, wire::CborWriter& out) {
  HeadTold& told = told_of(peer);
  if (told.arrived || told.copies >= kCopiesMax || told.number == 0) return false;
  if (!append(out)) {
    told.in_syn = false;
    return false;
  }
  ++told.copies;
  return true;
}

// A SYN carries the head as often as it takes.
void StateSigner::begin_syn(Peer& peer) {
  HeadTold& told = told_of(peer);
  told.in_syn = true;
  if (!told.arrived) told.copies = 0;
}

void StateSigner::syn_answered(Peer& peer) {
  HeadTold& told = told_of(peer);
  told.arrived |= told.in_syn;
}

// protocol.md [head-leaving]
void StateSigner::leave(Instant now) {
  if (leaving_) return;
  self_.sign(now, true);
  told_ = self_.head_number();
  leaving_ = true;
}

}  // namespace dsn::core
