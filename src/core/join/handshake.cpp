// SPDX-License-Identifier: Apache-2.0
#include "core/join/handshake.hpp"

#include <algorithm>
#include <utility>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

PublicKey public_key_of(ByteView bytes) {
  PublicKey key;
  std::ranges::copy(bytes, key.begin());
  return key;
}

// People know machines by their IPv4 addresses.
// protocol.md [knock-ipv4]
bool is_reached_by_ipv4(const Peer& peer, Instant now) {
  const Endpoint known = peer.path.proven();
  return known.family == AddressFamily::ipv4 && known.port != 0 && peer.answers_at(known, now);
}

}  // namespace

Handshake::Handshake(CryptoPort& crypto, const Keyring& keys, LocalNode& self, PeerTable& peers,
                     Outbox& outbox, Discovery& discovery, Admission& admission,
                     StrangerBudget& strangers, PairOpener& opener, Random& random,
                     Counters& counters)
    : crypto_(crypto),
      keys_(keys),
      self_(self),
      peers_(peers),
      outbox_(outbox),
      discovery_(discovery),
      admission_(admission),
      strangers_(strangers),
      opener_(opener),
      counters_(counters),
      greeter_(self.id(), peers, outbox, discovery, random),
      knocks_(self, peers, outbox, random),
      clones_(keys, self, peers, discovery, greeter_),
      half_met_(peers) {}

// protocol.md [group-single]
std::optional<Handshake::Opened> Handshake::handle_message(const Sender& sender, ByteView plaintext,
                                                           Instant now, Effects& effects) {
  wire::CborReader in(plaintext);
  const wire::MessageStart start = wire::decode_message_start(in);
  switch (static_cast<wire::MessageType>(start.type)) {
    case wire::MessageType::hello:
    case wire::MessageType::welcome: {
      const wire::Hello hello = wire::decode_hello(in, start);
      if (!in.at_end()) break;
      if (hello.echo) {
        handle_welcome(sender, hello, now, effects);
      } else {
        handle_hello(sender, hello, now, effects);
      }
      return std::nullopt;
    }
    case wire::MessageType::knock: {
      const wire::Knock knock = wire::decode_knock(in, start);
      if (!in.at_end()) break;
      std::optional<Opened> opened = handle_knock(sender, knock, now, effects);
      if (opened) opened->is_knock = true;
      return opened;
    }
    case wire::MessageType::own_head: {
      const wire::SignedHead own = wire::decode_own_head(in, start);
      if (!in.at_end()) break;
      handle_own_head(sender.arrival, own, now, effects);
      return std::nullopt;
    }
    default:
      break;
  }
  counters_.add(Counter::drop_malformed);
  return std::nullopt;
}

// protocol.md [hello-consistent]
bool Handshake::is_self_consistent(const Sender& sender, const wire::Hello& hello,
                                   const Head& head) {
  return keys_.is_ours(head.network) && head.session == sender.session &&
         head.session != SessionId{} &&
         head.id == node_id_of(crypto_, public_key_of(hello.public_key));
}

// protocol.md [hello-listed] [hello-stale] [head-hint]
std::optional<Head> Handshake::check(const Sender& sender, const wire::Hello& hello, Instant now,
                                     Effects& effects) {
  const std::optional<Head> head = decode_head(hello.head.head);
  if (!head || !is_self_consistent(sender, hello, *head)) {
    counters_.add(Counter::drop_bad_identity);
    return std::nullopt;
  }
  if (head->id == self_.id()) {
    note_clone(sender.arrival, hello, *head, now, effects);
    return std::nullopt;
  }
  if (!may_speak(head->id, *sender.key)) return std::nullopt;
  if (!admission_.admits(head->id, head->name)) {
    counters_.add(Counter::drop_not_listed);
    half_met_.note(head->id, head->name, sender.arrival, true, now);
    return std::nullopt;
  }
  const StoredHead& proof = peers_.head_of(head->id);
  if (Incarnations::is_stale(proof, head->version.incarnation, head->session)) {
    counters_.add(Counter::drop_stale_session);
    refuse_past_run(sender, hello, *head, proof, now, effects);
    return std::nullopt;
  }
  return head;
}

void Handshake::refuse_past_run(const Sender& sender, const wire::Hello& hello, const Head& head,
                                const StoredHead& proof, Instant now, Effects& effects) {
  const Clones::PastRun run{head.id, head.version.incarnation, head.session, sender.arrival.from};
  if (clones_.note_past_run(run, now)) {
    const Greeter::Asker asker{sender.arrival.from, sender.bytes, sender.key};
    return greeter_.send_own_head(proof, asker, now, effects);
  }
  if (!clones_.is_second_machine(run, now)) return;
  if (!is_valid(public_key_of(hello.public_key), sender.arrival, hello.head, now)) return;
  clones_.second_machine_proven(run, stored_head(hello.head, head), now, effects);
}

// An observer goes to others by itself; only those that it knows find it again.
// protocol.md [observer-silent]
bool Handshake::is_ignored(const NodeId& id) const {
  return self_.is_observer() && !is_known(id) && !has_bug(InjectedBug::observer_answers);
}

bool Handshake::is_known(const NodeId& id) const {
  return peers_.find(id) != nullptr || peers_.forgotten().contains(id);
}

// protocol.md [out-refused] [old-key-known]
bool Handshake::may_speak(const NodeId& id, const NetworkKeys& key) {
  if (keys_.is_out(id)) {
    counters_.add(Counter::drop_out);
    return false;
  }
  if (keys_.admits_strangers(key.mark()) || is_known(id)) return true;
  if (has_bug(InjectedBug::old_key_admits_strangers)) return true;
  counters_.add(Counter::drop_old_key);
  return false;
}

void Handshake::handle_hello(const Sender& sender, const wire::Hello& hello, Instant now,
                             Effects& effects) {
  const std::optional<Head> head = check(sender, hello, now, effects);
  if (!head) return;
  if (sender.arrival.multicast) peers_.note_multicast(head->id, now);
  // With a whitelist our own membership differs from that of all others, which is no news.
  if (!admission_.restricted()) {
    discovery_.note_membership(hello.member_sum, sender.arrival.multicast, now);
  }
  if (is_ignored(head->id)) return;
  half_met_.note(head->id, head->name, sender.arrival, false, now);
  greeter_.answer_hello(head->id, head->session, sender.arrival,
                        {sender.arrival.from, sender.bytes, sender.key}, now, effects);
}

// protocol.md [welcome-echo] [knock]
void Handshake::handle_welcome(const Sender& sender, const wire::Hello& hello, Instant now,
                               Effects& effects) {
  // The echo of our own session makes it an answer to us, and one of today.
  if (*hello.echo != static_cast<std::uint64_t>(self_.session())) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  const std::optional<Head> head = check(sender, hello, now, effects);
  if (!head) return;
  discovery_.note_answer(sender.arrival.from, head->id, now);
  half_met_.note(head->id, head->name, sender.arrival, false, now);
  if (knocks_.is_under_way(head->id, head->session, sender.arrival.from)) return;
  const Peer* peer = peers_.find(head->id);
  Knocks::Pending knock;
  knock.key = public_key_of(hello.public_key);
  knock.id = head->id;
  knock.to = sender.arrival.from;
  knock.network_key = sender.key;
  knock.is_move = peer != nullptr && peer->session.peer == head->session;
  if (knock.is_move) {
    // A peer that is known but heard from elsewhere is asked there: its address may have changed.
    if (peer->answers_at(knock.to, now)) return;
    if (knock.to.family == AddressFamily::ipv6 && is_reached_by_ipv4(*peer, now)) return;
    knock.session.peer = head->session;
  } else {
    const auto secret = secret_of(knock.id, knock.key, sender.arrival, now);
    if (!secret) return;
    knock.secret = *secret;
    knock.session = make_session(knock.id, *secret, sender, head->session);
  }
  knocks_.begin(std::move(knock), sender.bytes, now);
}

// protocol.md [welcome-echo] [knock-proof]
std::optional<Handshake::Opened> Handshake::handle_knock(const Sender& sender,
                                                         const wire::Knock& knock, Instant now,
                                                         Effects& effects) {
  const std::optional<FrameHeader> inner = decode_frame_header(knock.frame);
  ProposedSession proposed;
  proposed.key = public_key_of(knock.public_key);
  proposed.id = node_id_of(crypto_, proposed.key);
  const bool ours = inner && inner->frame_class == FrameClass::pair && proposed.id != self_.id() &&
                    !is_ignored(proposed.id) &&
                    knock.echo == static_cast<std::uint64_t>(self_.session());
  if (!ours) {
    counters_.add(Counter::drop_unwanted);
    return std::nullopt;
  }
  if (!may_speak(proposed.id, *sender.key)) return std::nullopt;
  if (Peer* peer = peers_.find_label(inner->sender)) {
    const auto plaintext = opener_.open(peer->session, *inner, knock.frame);
    return plaintext ? std::optional(Opened{peer, inner->sequence, *plaintext}) : std::nullopt;
  }
  const auto secret = secret_of(proposed.id, proposed.key, sender.arrival, now);
  if (!secret) return std::nullopt;
  proposed.secret = *secret;
  proposed.network_key = sender.key;
  proposed.session = make_session(proposed.id, *secret, sender, sender.session);
  return accept(proposed, *inner, knock.frame, sender.arrival, sender.bytes, now, effects);
}

std::optional<Handshake::Opened> Handshake::handle_unknown_label(const FrameHeader& header,
                                                                 const Arrival& arrival,
                                                                 ByteView datagram, Instant now,
                                                                 Effects& effects) {
  const ProposedSession* knock = knocks_.find_label(header.sender);
  if (knock == nullptr) {
    counters_.add(Counter::drop_unknown_session);
    return std::nullopt;
  }
  return accept(*knock, header, datagram, arrival, datagram.size(), now, effects);
}

// Those who are no peers cost an ECDH before they have proved anything, so they are rationed.
// protocol.md [price]
std::optional<SharedSecret> Handshake::secret_of(const NodeId& id, const PublicKey& key,
                                                 const Arrival& arrival, Instant now) {
  if (const Peer* peer = peers_.find(id)) return peer->secret;
  if (const SharedSecret* secret = knocks_.secret_of(id)) return *secret;
  if (!crypto_.agrees_at_once(key) && !strangers_.may_compute(arrival, now)) {
    counters_.add(Counter::drop_flood);
    return std::nullopt;
  }
  SharedSecret secret;
  if (crypto_.agree(key, secret)) return secret;
  counters_.add(Counter::drop_bad_identity);
  return std::nullopt;
}

// protocol.md [key-answered]
Session Handshake::make_session(const NodeId& id, const SharedSecret& secret, const Sender& sender,
                                SessionId session_id) const {
  Session session;
  session.peer = session_id;
  session.key = sender.key->mark();
  session.send = sender.key->pair(secret, {self_.id(), id, self_.session(), session_id});
  session.receive = sender.key->pair(secret, {id, self_.id(), session_id, self_.session()});
  return session;
}

// protocol.md [open-first] [knock-proof]
std::optional<Handshake::Opened> Handshake::accept(const ProposedSession& proposed,
                                                   const FrameHeader& header, ByteView frame,
                                                   const Arrival& arrival, std::size_t bytes,
                                                   Instant now, Effects& effects) {
  const auto plaintext = opener_.open(proposed.session, header, frame);
  if (!plaintext) return std::nullopt;
  wire::CborReader in(*plaintext);
  wire::MessageStart start = wire::decode_message_start(in);
  while (in.ok() && start.type > wire::kMessageTypeMax) {  // protocol.md [message-unknown]
    wire::skip_message(in, start);
    start = wire::decode_message_start(in);
  }
  if (start.type != static_cast<std::uint64_t>(wire::MessageType::run)) {
    counters_.add(Counter::drop_unwanted);
    return std::nullopt;
  }
  const wire::Run run = wire::decode_run(in, start);
  if (!in.ok()) {
    counters_.add(Counter::drop_malformed);
    return std::nullopt;
  }
  Peer* peer = install(proposed, run, header.sequence, arrival, bytes, now, effects);
  if (peer == nullptr) return std::nullopt;
  return Opened{peer, header.sequence, *plaintext, true};
}

Peer* Handshake::install(const ProposedSession& proposed, const wire::Run& run,
                         std::uint64_t sequence, const Arrival& arrival, std::size_t bytes,
                         Instant now, Effects& effects) {
  if (!may_speak(proposed.id, *proposed.network_key)) return nullptr;
  if (!admission_.admits(proposed.id, run.name)) {
    counters_.add(Counter::drop_not_listed);
    half_met_.note(proposed.id, run.name, arrival, true, now);
    return nullptr;
  }
  const StoredHead& proof = peers_.head_of(proposed.id);
  if (Incarnations::is_stale(proof, run.version.incarnation, proposed.session.peer)) {
    counters_.add(Counter::drop_stale_session);
    const SessionId session = proposed.session.peer;
    if (clones_.note_past_run({proposed.id, run.version.incarnation, session, arrival.from}, now)) {
      greeter_.send_own_head(proof, {arrival.from, kMovedBytesFactor * bytes, proposed.network_key},
                             now, effects);
    }
    return nullptr;
  }
  Peer* peer = peers_.find(proposed.id);
  if (peer == nullptr) {
    peer = admission_.add(proposed.key, proposed.id, proposed.secret, run.name, arrival.from, now);
  }
  if (peer == nullptr) return nullptr;
  Session session = proposed.session;
  if (const PreviousSession* before = peer->previous.find(session.peer)) {
    // Nothing of what it said then is taken again.
    // protocol.md [window-buried]
    session.received.accept(before->sequence);
    if (!session.received.is_new(sequence)) {
      counters_.add(Counter::drop_replayed);
      return nullptr;
    }
  }
  session.incarnation = run.version.incarnation;
  session.is_observer = run.is_observer();
  session.program = run.program;
  session.confirmed = true;
  peers_.set_session(*peer, session);
  Clones::run_accepted(*peer);
  note_origin(*peer, arrival);
  knocks_.accepted(proposed.id);
  half_met_.forget(proposed.id);
  return peer;
}

// Our own id under another session: an earlier run of ours, recorded, or a second machine with
// our key. The former has a lower incarnation; so has a clone that is not believed, and goes on.
// protocol.md [hello-clone]
void Handshake::note_clone(const Arrival& arrival, const wire::Hello& hello, const Head& head,
                           Instant now, Effects& effects) {
  if (head.version.incarnation < self_.version().incarnation) {
    counters_.add(Counter::drop_stale_session);
    if (!clones_.note_own_past_run(head.session, now)) return;
  }
  if (!is_own(arrival, hello.head, now)) return;
  clones_.report_own(arrival.from, now, effects);
}

// Any member can show us a head of ours, so it is looked at like other strangers.
// protocol.md [price]
bool Handshake::is_own(const Arrival& arrival, const wire::SignedHead& head, Instant now) {
  return is_valid(self_.public_key(), arrival, head, now);
}

bool Handshake::is_valid(const PublicKey& key, const Arrival& arrival, const wire::SignedHead& head,
                         Instant now) {
  if (!strangers_.may_compute(arrival, now)) {
    counters_.add(Counter::drop_flood);
    return false;
  }
  Signature signature;
  std::ranges::copy(head.signature, signature.begin());
  if (verify_head(crypto_, key, head.head, signature)) return true;
  counters_.add(Counter::drop_forged);
  return false;
}

void Handshake::note_origin(Peer& peer, const Arrival& arrival) {
  const auto origin = discovery_.origin_of(arrival.from);
  const auto greeted_on = greeter_.greeted_on(arrival.from);
  if (origin) {
    PeerTable::set_origin(peer, origin->rung, origin->via);
  } else if (greeted_on) {
    const bool ipv4 = arrival.from.family == AddressFamily::ipv4;
    PeerTable::set_origin(peer, ipv4 ? Rung::multicast_ipv4 : Rung::multicast_ipv6, *greeted_on);
  } else {
    // It answered our multicast, or found us by itself.
    PeerTable::set_origin(peer, Rung::hello, arrival.interface_name);
  }
}

void Handshake::handle_timeout(Instant now, Effects& effects) {
  knocks_.handle_timeout(now, effects);
  greeter_.handle_timeout(now, effects);
  clones_.handle_timeout(now);
}

// Another node remembers a run of ours that was at least as far as this one: our disk was rolled
// back, is read-only, or another machine has our key. protocol.md [ownhead-checked]
void Handshake::handle_own_head(const Arrival& arrival, const wire::SignedHead& signed_head,
                                Instant now, Effects& effects) {
  const std::optional<Head> head = decode_head(signed_head.head);
  const bool ours = head && head->id == self_.id() && keys_.is_ours(head->network) &&
                    head->session != self_.session();
  const bool is_later = ours && head->version.incarnation >= self_.version().incarnation;
  const bool lasts = ours && !is_later && clones_.note_own_past_run(head->session, now);
  if ((!is_later && !lasts) || has_bug(InjectedBug::own_head_ignored)) {
    counters_.add(Counter::drop_unwanted);
    return;
  }
  if (!is_own(arrival, signed_head, now)) return;
  if (!is_later) return clones_.report_own({}, now, effects);
  clones_.handle_later_run(head->version.incarnation, now, effects);
}

}  // namespace dsn::core
