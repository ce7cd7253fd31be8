// SPDX-License-Identifier: Apache-2.0
#include "core/join/incarnations.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// What counts here was authenticated by the pair, or signed: the incarnation that the owner itself
// spoke of, and the session in which it proved its key.
// protocol.md [head-hint] [hello-stale]
bool Incarnations::is_stale(const Peer& peer, const Head& head) {
  if (has_bug(InjectedBug::stale_run_welcome)) return false;
  const std::uint32_t reached =
      std::max(peer.copy.replica.version().incarnation, peer.run.incarnation);
  SessionId known = peer.session.confirmed ? peer.session.peer : peer.previous.session;
  if (peer.run.relayed_session != SessionId{}) known = peer.run.relayed_session;
  const bool other_run = known != SessionId{} && known != head.session;
  return head.version.incarnation < reached || (head.version.incarnation == reached && other_run);
}

// A head is handed back to a node that has lost its memory (OWNHEAD), so what matters is the
// incarnation. Heads come in frames that every member can make: what was verified gives way to what
// is verified only, or any member could put a forgery in its place.
// protocol.md [head-forged] [head-kept] [hello-signature]
bool Incarnations::take_head(Peer& peer, const wire::SignedHead& signed_head, const Head& head,
                             Instant now) {
  StoredHead& kept = peer.run.head;
  const bool same_run =
      head.version.incarnation == kept.version.incarnation && head.session == kept.session;
  if (kept.verified && (same_run || head.version.incarnation < kept.version.incarnation)) {
    return true;
  }
  const auto verdict = verifier_.verify(peer.public_key, signed_head, now);
  if (verdict == HeadVerifier::Verdict::forged) return false;
  const bool verified = verdict == HeadVerifier::Verdict::valid;
  if (kept.verified && !verified) return true;
  kept = stored_head(signed_head, head);
  kept.verified = verified;
  return true;
}

void Incarnations::verify_kept(Peer& peer, Instant now) {
  StoredHead& kept = peer.run.head;
  if (kept.verified || kept.encoded.empty()) return;
  const auto verdict = verifier_.verify(peer.public_key, kept.view(), now);
  kept.verified = verdict == HeadVerifier::Verdict::valid;
  if (verdict == HeadVerifier::Verdict::forged) kept = {};
}

// protocol.md [evidence]
bool Incarnations::has_evidence(Peer& peer, std::uint32_t incarnation, Instant now) {
  if (has_bug(InjectedBug::evidence_skipped)) return true;
  verify_kept(peer, now);
  return peer.run.head.version.incarnation >= incarnation;
}

bool Incarnations::may_ask(Peer& peer, Instant now) {
  if (now - peer.run.head_asked < kHeadAskInterval) return false;
  peer.run.head_asked = now;
  return true;
}

void Incarnations::reached(Peer& peer, std::uint32_t incarnation) {
  if (incarnation >= peer.run.incarnation) peer.run.relayed_session = {};
  peer.run.incarnation = std::max(peer.run.incarnation, incarnation);
}

void Incarnations::session_confirmed(Peer& peer) {
  const StoredHead& head = peer.run.head;
  const bool of_this_session = head.verified && head.session == peer.session.peer;
  if (!of_this_session || head.version.incarnation <= peer.run.incarnation) return;
  peer.run.incarnation = head.version.incarnation;
  peer.run.relayed_session = {};
}

// Two sessions of one incarnation may be known from relays alone. Then the one whose state is held
// counts, which is the last that came.
void Incarnations::take_relayed(Peer& peer, const StoredHead& head) {
  PeerRun& run = peer.run;
  const bool only_relayed = run.relayed_session != SessionId{} || !peer.session.confirmed;
  const std::uint32_t incarnation = head.version.incarnation;
  if (incarnation < run.incarnation || (incarnation == run.incarnation && !only_relayed)) return;
  // The session that was heard does not know of this one: its node has to say HELLO again, and is
  // told. protocol.md [relay-raises]
  if (!peer.reachable() && peer.session.peer != head.session) peers_.end_session(peer);
  run.incarnation = incarnation;
  run.relayed_session = head.session;
  // Should the owner come back in another session of this incarnation, it is shown this head.
  if (incarnation >= run.head.version.incarnation) run.head = head;
}

}  // namespace dsn::core
