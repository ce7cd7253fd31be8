// SPDX-License-Identifier: Apache-2.0
#include "core/join/incarnations.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// What nobody could prove to the node is no reason to refuse it: it would be locked out for ever.
// protocol.md [hello-stale] [evidence]
bool Incarnations::is_stale(const StoredHead& proof, std::uint32_t incarnation, SessionId session) {
  if (proof.encoded.empty() || has_bug(InjectedBug::stale_run_welcome)) return false;
  const std::uint32_t reached = proof.version.incarnation;
  return incarnation < reached || (incarnation == reached && session != proof.session);
}

void Incarnations::take_head(Peer& peer, const StoredHead& head) {
  const StoredHead& kept = peer.run.head;
  const bool other_run =
      head.version.incarnation == kept.version.incarnation && head.session != kept.session;
  if (head.version.incarnation > kept.version.incarnation || other_run) peer.run.head = head;
}

void Incarnations::began(Peer& peer, std::uint32_t incarnation) {
  peer.run.incarnation = incarnation;
  peer.run.relayed_session = {};
}

void Incarnations::reached(Peer& peer, std::uint32_t incarnation) {
  if (incarnation >= peer.run.incarnation) peer.run.relayed_session = {};
  peer.run.incarnation = std::max(peer.run.incarnation, incarnation);
}

// Two sessions of one incarnation may be known from relays alone. Then the one whose state is held
// counts, which is the last that came.
void Incarnations::take_relayed(Peer& peer, const StoredHead& head) {
  PeerRun& run = peer.run;
  const bool heard_itself =
      run.relayed_session == SessionId{} && (peer.session.confirmed || !run.head.encoded.empty());
  const std::uint32_t incarnation = head.version.incarnation;
  if (incarnation < run.incarnation || (incarnation == run.incarnation && heard_itself)) return;
  // The session that was heard does not know of this one: its node has to say HELLO again, and is
  // told. protocol.md [relay-raises]
  if (!peer.reachable() && peer.session.peer != head.session) peers_.end_session(peer);
  run.incarnation = incarnation;
  run.relayed_session = head.session;
  // Should the owner come back in another session of this incarnation, it is shown this head.
  if (incarnation >= run.head.version.incarnation) run.head = head;
}

}  // namespace dsn::core
