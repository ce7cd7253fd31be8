// SPDX-License-Identifier: Apache-2.0
#include "core/join/handshake.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

Handshake::Handshake(CryptoPort& crypto, const NetworkKeys& keys, LocalNode& self, PeerTable& peers,
                     Outbox& outbox, SessionConfirmer& confirmer, Discovery& discovery,
                     Admission& admission, HeadVerifier& verifier, Incarnations& incarnations,
                     Random& random, Counters& counters)
    : crypto_(crypto),
      keys_(keys),
      self_(self),
      peers_(peers),
      outbox_(outbox),
      confirmer_(confirmer),
      discovery_(discovery),
      admission_(admission),
      verifier_(verifier),
      incarnations_(incarnations),
      random_(random),
      counters_(counters) {}

void Handshake::handle_group_frame(const FrameHeader& header, const Arrival& arrival,
                                   ByteView datagram, Instant now, Effects& effects) {
  // Strangers cost a key derivation, and a peer's session id can be copied: both draw on the
  // budget, so that a flood ends here.
  if (!gate_.let_in(arrival, now)) {
    counters_.add(Counter::drop_flood);
    return;
  }
  const auto plaintext =
      open_frame(crypto_, keys_.group(header.session), header, datagram, plaintext_);
  if (!plaintext) {
    counters_.add(Counter::drop_forged);
    return;
  }
  counters_.add(Counter::frames_in);
  counters_.add(Counter::bytes_in, datagram.size());
  // protocol.md [group-single]
  wire::CborReader in(*plaintext);
  const wire::MessageStart head = wire::decode_message_start(in);
  const Sender sender{header, arrival, datagram.size()};
  if (head.type == static_cast<std::uint64_t>(wire::MessageType::hello) ||
      head.type == static_cast<std::uint64_t>(wire::MessageType::welcome)) {
    const wire::Hello hello = wire::decode_hello(in, head);
    if (in.at_end()) {
      if (hello.echo) {
        handle_welcome(sender, hello, now, effects);
      } else {
        handle_hello(sender, hello, now, effects);
      }
      return;
    }
  } else if (head.type == static_cast<std::uint64_t>(wire::MessageType::own_head)) {
    const wire::SignedHead own = wire::decode_own_head(in, head);
    if (in.at_end()) {
      handle_own_head(own, now, effects);
      return;
    }
  }
  counters_.add(Counter::drop_malformed);
}

void Handshake::handle_hello(const Sender& sender, const wire::Hello& hello, Instant now,
                             Effects& effects) {
  const Peer* peer = admit(sender, hello, now, effects);
  if (peer == nullptr) return;
  // With a whitelist our own membership differs from that of all others, which is no news.
  if (!admission_.restricted()) discovery_.note_membership(hello.member_sum, now);
  answer_hello(*peer, sender, now, effects);
}

// protocol.md [welcome-echo]
void Handshake::handle_welcome(const Sender& sender, const wire::Hello& hello, Instant now,
                               Effects& effects) {
  // The echo of our own session makes it an answer to us, and one of today.
  if (*hello.echo != static_cast<std::uint64_t>(self_.session())) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  Peer* peer = admit(sender, hello, now, effects);
  if (peer == nullptr) return;
  // The session that says WELCOME is the one to be confirmed.
  // protocol.md [welcome-current]
  if (peer->session.peer == sender.header.session) peers_.drop_candidate(*peer);
  // A peer that is known but heard from elsewhere is asked there: its address may have changed.
  const bool proven = peer->session.peer == sender.header.session && peer->reachable() &&
                      peer->path.endpoint == sender.arrival.from;
  if (!proven) confirmer_.begin(*peer, sender.arrival.from, sender.bytes, now);
}

// protocol.md [hello-consistent]
bool Handshake::is_self_consistent(const Sender& sender, const wire::Hello& hello,
                                   const Head& head) {
  PublicKey key;
  std::ranges::copy(hello.public_key, key.begin());
  return head.network == keys_.network_id() && head.session == sender.header.session &&
         head.session != SessionId{} && head.id == node_id_of(crypto_, key);
}

Peer* Handshake::admit(const Sender& sender, const wire::Hello& hello, Instant now,
                       Effects& effects) {
  const std::optional<Head> head = decode_head(hello.head.head);
  if (!head || !is_self_consistent(sender, hello, *head)) {
    counters_.add(Counter::drop_bad_identity);
    return nullptr;
  }
  if (head->id == self_.id()) {
    note_clone(hello, *head, now, effects);
    return nullptr;
  }
  // protocol.md [hello-listed]
  if (!admission_.admits(head->id, head->name, true)) {
    counters_.add(Counter::drop_not_listed);
    return nullptr;
  }
  Peer* peer = peers_.find(head->id);
  if (peer == nullptr) {
    PublicKey key;
    std::ranges::copy(hello.public_key, key.begin());
    peer = admission_.add(key, head->id, head->name, now);
  }
  if (peer == nullptr) return nullptr;
  if (Incarnations::is_stale(*peer, *head)) {
    counters_.add(Counter::drop_stale_session);
    send_own_head(*peer, sender, now, effects);
    return nullptr;
  }
  if (!incarnations_.take_head(*peer, hello.head, *head, now)) {
    counters_.add(Counter::drop_forged);
    return nullptr;
  }
  if (!is_listed(*peer, *head)) {
    counters_.add(Counter::drop_not_listed);
    return nullptr;
  }
  // Others may say that this session is theirs: it is whose frames open.
  const bool known = peer->session.peer == head->session ||
                     (peer->candidate && peer->candidate->peer == head->session);
  if (!known) {
    open_session(*peer, sender, head->name);
    note_origin(*peer, sender.arrival);
  }
  Incarnations::announced(*peer, head->version);
  return peer;
}

// A name lets a node in only if its owner signed it.
bool Handshake::is_listed(const Peer& peer, const Head& head) const {
  if (!admission_.restricted()) return true;
  const bool proven = peer.run.head.verified && peer.run.head.session == head.session;
  const std::optional<Head> kept = proven ? decode_head(peer.run.head.encoded) : std::nullopt;
  return admission_.admits(peer.id, kept ? kept->name : "", kept.has_value());
}

// Our own id under another session: an earlier run of ours, recorded, or a second machine with
// our key. The former has a lower incarnation; so has a clone that is about to be told of ours.
// protocol.md [hello-clone]
void Handshake::note_clone(const wire::Hello& hello, const Head& head, Instant now,
                           Effects& effects) {
  if (head.version.incarnation < self_.version().incarnation) {
    counters_.add(Counter::drop_stale_session);
    return;
  }
  if (verifier_.verify(self_.public_key(), hello.head, now) != HeadVerifier::Verdict::valid) {
    counters_.add(Counter::drop_forged);
    return;
  }
  report_clone(now, effects);
}

void Handshake::report_clone(Instant now, Effects& effects) {
  if (clone_heard_ == Instant{}) effects.event(CoreEvent::Kind::clone, self_.id());
  clone_heard_ = now;
}

void Handshake::note_origin(Peer& peer, const Arrival& arrival) {
  const auto origin = discovery_.origin_of(arrival.from);
  if (arrival.multicast) {
    const bool ipv4 = arrival.from.family == AddressFamily::ipv4;
    PeerTable::set_origin(peer, ipv4 ? Rung::multicast_ipv4 : Rung::multicast_ipv6,
                          arrival.interface_name);
  } else if (origin) {
    PeerTable::set_origin(peer, origin->rung, origin->via);
  } else {
    // It answered our multicast, or found us by itself.
    PeerTable::set_origin(peer, Rung::hello, arrival.interface_name);
  }
}

// protocol.md [candidate]
void Handshake::open_session(Peer& peer, const Sender& sender, std::string_view name) {
  Session session;
  session.peer = sender.header.session;
  session.send_key = keys_.pair(peer.secret, {self_.id(), peer.id, self_.session(), session.peer});
  session.receive_key =
      keys_.pair(peer.secret, {peer.id, self_.id(), session.peer, self_.session()});
  const bool from_zero = has_bug(InjectedBug::sequence_restarts);
  session.next_sequence = from_zero ? 0 : outbox_.first_sequence();
  if (session.peer == peer.previous.session) session.received.accept(peer.previous.sequence);
  // A proven session is replaced only by one that has proved itself too, and so are the address
  // and name: every member can say HELLO in anybody's name.
  if (peer.session.confirmed) {
    peers_.set_candidate(peer, session);
    Names::candidate_named(peer, name);
  } else {
    peers_.set_session(peer, session);
    peers_.set_endpoint(peer, sender.arrival.from);
    Names::session_named(peer, name);
  }
}

// protocol.md [welcome-unicast] [welcome-multicast]
void Handshake::answer_hello(const Peer& peer, const Sender& sender, Instant now,
                             Effects& effects) {
  const WaitingWelcome welcome{sender.arrival.from, sender.header.session, now, sender.bytes};
  if (!sender.arrival.multicast) {
    if (unicast_welcomes_.take(now)) send_welcome(welcome, now, effects);
    return;
  }
  const bool knows_us = peer.session.peer == sender.header.session && peer.reachable() &&
                        peer.path.endpoint == sender.arrival.from;
  if (knows_us || waiting_.size() >= kWelcomesWaitingMax) return;
  // Of a thousand nodes that hear the HELLO, about three answer.
  if (random_.below(std::max<std::uint64_t>(discovery_.membership().count, 3)) >= 3) return;
  waiting_.push_back(welcome);
  waiting_.back().due = now + random_.between(Duration(0), kWelcomeDelayMax);
  welcome_due_ = std::min(welcome_due_, waiting_.back().due);
}

void Handshake::handle_timeout(Instant now, Effects& effects) {
  if (welcome_due_ > now) return;
  welcome_due_ = kNever;
  std::erase_if(waiting_, [&](const WaitingWelcome& welcome) {
    if (welcome.due > now) {
      welcome_due_ = std::min(welcome_due_, welcome.due);
      return false;
    }
    if (multicast_welcomes_.take(now)) send_welcome(welcome, now, effects);
    return true;
  });
}

// protocol.md [answer-size]
void Handshake::send_welcome(const WaitingWelcome& welcome, Instant now, Effects& effects) {
  wire::Hello hello = discovery_.introduction(now);
  hello.echo = static_cast<std::uint64_t>(welcome.echo);
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_hello(out, hello);
  // Never more than what it answers: its address is not proven.
  const bool larger = Outbox::datagram_bytes(out) > welcome.bytes_max;
  if (larger && !has_bug(InjectedBug::hello_unpadded)) return;
  outbox_.send_group(welcome.to, out, effects);
}

void Handshake::send_own_head(Peer& peer, const Sender& sender, Instant now, Effects& effects) {
  if (!unicast_welcomes_.take(now)) return;
  incarnations_.verify_kept(peer, now);
  const StoredHead& kept = peer.run.head;
  if (!kept.verified) return;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_own_head(out, kept.view());
  if (Outbox::datagram_bytes(out) > sender.bytes) return;
  outbox_.send_group(sender.arrival.from, out, effects);
}

// Another node remembers a run of ours that was at least as far as this one: our disk was rolled
// back, is read-only, or another machine has our key. protocol.md [ownhead-checked]
void Handshake::handle_own_head(const wire::SignedHead& signed_head, Instant now,
                                Effects& effects) {
  const std::optional<Head> head = decode_head(signed_head.head);
  const bool ours = head && head->id == self_.id() && head->network == keys_.network_id() &&
                    head->session != self_.session() &&
                    head->version.incarnation >= self_.version().incarnation;
  if (!ours || has_bug(InjectedBug::own_head_ignored)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  if (verifier_.verify(self_.public_key(), signed_head, now) != HeadVerifier::Verdict::valid) {
    counters_.add(Counter::drop_forged);
    return;
  }
  if (!raises_.take(now)) return report_clone(now, effects);
  self_.raise_incarnation(head->version.incarnation);
  effects.persist();
  discovery_.announce(now);
}

}  // namespace dsn::core
