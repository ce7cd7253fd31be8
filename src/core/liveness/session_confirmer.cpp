// SPDX-License-Identifier: Apache-2.0
#include "core/liveness/session_confirmer.hpp"

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

// The bytes received allow six SYNs or so. protocol.md [knock]
constexpr Duration kConfirmInterval = 300ms;

}  // namespace

void SessionConfirmer::begin(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now) {
  peer.confirmation = {from, bytes, now};
  due_.push(now, peer.id);
}

void SessionConfirmer::handle_timeout(Instant now, Effects& effects) {
  while (due_.earliest() <= now) {
    const auto [due, prefix] = due_.take();
    Peer* peer = peers_.find_prefix(prefix);
    if (peer == nullptr || peer->confirmation.due != due) continue;
    // A full call is no reason to give up.
    const bool goes_on = effects.full() || send(*peer, now, effects);
    peer->confirmation.due = goes_on ? now + kConfirmInterval : kNever;
    if (goes_on) due_.push(peer->confirmation.due, peer->id);
  }
}

// protocol.md [knock-size]
bool SessionConfirmer::send(Peer& peer, Instant now, Effects& effects) {
  const wire::CborWriter syn = syns_.compose_bare(peer, now);
  const std::size_t bytes = Outbox::datagram_bytes(syn);
  PeerConfirmation& confirmation = peer.confirmation;
  if (has_bug(InjectedBug::confirmation_unbounded)) confirmation.bytes_left = bytes;
  if (bytes > confirmation.bytes_left) return false;
  confirmation.bytes_left -= bytes;
  return outbox_.send_unconfirmed(peer, confirmation.to, syn, effects);
}

}  // namespace dsn::core
