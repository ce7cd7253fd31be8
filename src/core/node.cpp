// SPDX-License-Identifier: Apache-2.0
#include "core/node.hpp"

#include <algorithm>

#include "core/injected_bugs.hpp"

namespace dsn {
namespace {

constexpr std::size_t kPeerSampleMax = 16;
constexpr unsigned kGossipTries = 5;
constexpr unsigned kRememberedTries = 8;
// Once a minute for as long as a gone node is remembered.
constexpr unsigned kGoneTries = 24 * 60;

bool is_link_local(const Endpoint& endpoint) {
  return endpoint.family == AddressFamily::ipv6 && endpoint.address[0] == 0xfe &&
         (endpoint.address[1] & 0xc0) == 0x80;
}

// A loopback address names another node to everyone but the nodes of its own machine.
// protocol.md [address-loopback]
bool is_of_use_to(const Endpoint& endpoint, const Endpoint& reader) {
  return !endpoint.is_loopback() || reader.is_loopback();
}

}  // namespace

Node::Node(CryptoPort& crypto, const NodeOptions& options, Instant now)
    : crypto_(crypto),
      options_(options),
      random_(options.seed),
      keys_(crypto, options.network_key),
      self_(crypto, options.name, keys_.network_id(), options.session, options.incarnation,
            options.beat_seed, now),
      trust_(self_, peers_, options.whitelist),
      outbox_(crypto, keys_, options.session, counters_),
      digest_(crypto, keys_, self_, peers_),
      verifier_(crypto),
      memory_(peers_),
      checkpoints_(crypto, keys_, peers_, verifier_, memory_, counters_),
      puller_(crypto, peers_, checkpoints_, memory_, outbox_, random_, counters_),
      relayed_puller_(crypto, self_, keys_.network_id(), peers_, checkpoints_, verifier_, memory_,
                      outbox_, random_, counters_),
      server_(crypto, self_, outbox_),
      relay_server_(crypto, peers_, outbox_),
      mailer_(self_, peers_, outbox_, random_, counters_),
      rumours_(self_, peers_, outbox_),
      checkpointer_(self_, mailer_, peers_, outbox_, random_),
      anti_entropy_(peers_, digest_, puller_, relayed_puller_, checkpointer_, rumours_, outbox_,
                    random_, counters_),
      liveness_(crypto, peers_, anti_entropy_, rumours_, outbox_, random_),
      discovery_(keys_, self_, peers_, outbox_, random_, options.multicast),
      handshake_(crypto, keys_, self_, peers_, verifier_, outbox_, discovery_, liveness_, trust_,
                 random_, counters_) {
  checkpoints_.on_difference = [this](Peer& peer, Instant at) {
    if (peer.reachable()) puller_.note_difference(peer, at);
  };
  relayed_puller_.introduce = [this](const PublicKey& key, const NodeId& id, Instant at) {
    return handshake_.add_peer(key, id, at);
  };
  relayed_puller_.on_taken = [this](const Peer& peer, Instant at) {
    liveness_.met(peer, at);
    anti_entropy_.note_change(at);
  };
  relayed_puller_.is_proven = [this](const Head& head, const Beat& beat, Instant at) {
    return liveness_.is_proven(head, beat, at);
  };
  verifier_.on_valid = [this](const SignedHead& valid, Instant at) {
    const std::optional<Head> head = decode_head(valid.head);
    Peer* peer = head ? peers_.find(head->id) : nullptr;
    if (peer != nullptr) liveness_.head_verified(*peer, *head, at);
  };
  relayed_puller_.admits = [this](const NodeId& id, std::string_view name) {
    return trust_.admits(id, name, true);
  };
  for (const KnownNode& known : options.known) remember(known, now);
}

void Node::start(Instant now, Effects& effects) {
  if (options_.local_only) return;
  discovery_.start(now, options_.bootstrap_hosts.size());
  for (const Endpoint& endpoint : options_.remembered) {
    discovery_.add_contact(endpoint, Rung::remembered, "", kRememberedTries, now);
  }
  run_due(now, effects);
}

Instant Node::next_deadline() const {
  if (options_.local_only) return kNever;
  return std::min({puller_.next_deadline(), mailer_.next_deadline(), anti_entropy_.next_deadline(),
                   liveness_.next_deadline(), discovery_.next_deadline(),
                   handshake_.next_deadline(), checkpoints_.next_deadline(),
                   checkpointer_.next_deadline(), relayed_puller_.next_deadline()});
}

void Node::handle_timeout(Instant now, Effects& effects) {
  if (options_.local_only) return;
  note_own_lag(now);
  run_due(now, effects);
}

// Whoever calls us late did not hear the network either.
void Node::note_own_lag(Instant now) {
  if (now - next_deadline() > kOwnLagMax) liveness_.note_own_lag(now);
}

void Node::run_due(Instant now, Effects& effects) {
  handshake_.handle_timeout(now, effects);
  puller_.handle_timeout(now, effects);
  mailer_.handle_timeout(now, effects);
  relayed_puller_.handle_timeout(now, effects);
  checkpoints_.handle_timeout(now);
  checkpointer_.handle_timeout(now, effects);
  anti_entropy_.handle_timeout(now, effects);
  discovery_.handle_timeout(now, effects);
  if (liveness_.handle_timeout(now, effects)) {
    members_changed(now);
    for (const auto& peer : peers_.all()) {
      const bool just_gone = peer->state == PeerState::gone && peer->state_since == now;
      if (just_gone) discovery_.add_contact(peer->endpoint, Rung::remembered, "", kGoneTries, now);
    }
  }
}

bool Node::sums_hold() {
  Membership members;
  for (const auto& peer : peers_.all()) {
    if (!peer->reachable()) continue;
    members.sum += peer->member_hash;
    ++members.count;
    if (!peers_.members().any_at(peer->endpoint)) return false;
  }
  return members == peers_.members().membership() && digest_.sums_hold();
}

void Node::members_changed(Instant now) {
  discovery_.membership_changed(now);
  anti_entropy_.note_change(now);
}

Result<std::uint64_t> Node::commit(Instant now, std::span<const Write> writes, Effects& effects) {
  const std::uint64_t before = self_.state().version();
  std::vector<bool> held;
  for (const Write& write : writes) {
    held.push_back(self_.state().store().find(write.key) != nullptr);
  }
  Result<std::uint64_t> version = self_.state().commit(writes);
  if (!version || *version == before) return version;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    const bool holds = self_.state().store().find(writes[i].key) != nullptr;
    if (holds) effects.event(CoreEvent::Kind::updated, self_.id(), writes[i].key);
    if (held[i] && !holds) effects.event(CoreEvent::Kind::removed, self_.id(), writes[i].key);
  }
  if (options_.local_only) return version;
  digest_.own_changed(now);
  anti_entropy_.note_change(now);
  mailer_.own_state_changed(now, effects);
  checkpointer_.own_state_changed(now);
  return version;
}

void Node::handle_resolved(Instant now, std::size_t bootstrap_index,
                           const std::vector<Endpoint>& endpoints, Effects& effects) {
  if (options_.local_only || bootstrap_index >= options_.bootstrap_hosts.size()) return;
  discovery_.handle_resolved(bootstrap_index, options_.bootstrap_hosts[bootstrap_index], endpoints,
                             now, effects);
}

void Node::handle_network_changed(Instant now) {
  if (!options_.local_only) discovery_.network_changed(now);
}

bool Node::stop(Instant now, ByeReason reason, Effects& effects) {
  if (options_.local_only) return true;
  if (reason == ByeReason::leaving && !checkpointer_.leave(now, effects)) return false;
  return liveness_.say_bye(reason, now, effects);
}

// protocol.md [drop-echo]
void Node::handle_datagram(Instant now, const Arrival& arrival, ByteView datagram,
                           Effects& effects) {
  if (!options_.local_only) note_own_lag(now);
  const std::optional<FrameHeader> header = decode_frame_header(datagram);
  if (options_.local_only || !header || header->frame_class == FrameClass::recover) {
    counters_.add(Counter::drop_not_ours);
  } else if (header->key_epoch != kKeyEpoch) {
    counters_.add(Counter::drop_key_epoch);
  } else if (header->session == self_.session()) {
    counters_.add(Counter::drop_own_echo);
  } else if (header->frame_class == FrameClass::group) {
    const std::uint32_t before = self_.version().incarnation;
    handshake_.handle_group_frame(*header, arrival, datagram, now, effects);
    if (self_.version().incarnation != before) incarnation_raised(now);
  } else {
    handle_pair_frame(*header, arrival, datagram, now, effects);
  }
}

void Node::incarnation_raised(Instant now) {
  digest_.own_changed(now);
  anti_entropy_.note_change(now);
  mailer_.incarnation_raised(now);
}

Session* Node::session_of(Peer& peer, SessionId session) {
  if (peer.candidate && peer.candidate->peer == session) return &*peer.candidate;
  return &peer.session;
}

// protocol.md [drop-stranger] [drop-replay] [drop-forged] [open-first] [window-authentic]
// [address-newest] [hello-session]
void Node::handle_pair_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                             Instant now, Effects& effects) {
  Counter refusal = Counter::drop_unknown_session;
  std::optional<ByteView> plaintext;
  Peer* peer = peers_.find_session(header.session, [&](Peer& holder) {
    Session* held = session_of(holder, header.session);
    const bool is_new =
        held->received.is_new(header.sequence) || has_bug(InjectedBug::frame_repeated);
    refusal = Counter::drop_replayed;
    if (held->ended || !is_new) return false;
    if (has_bug(InjectedBug::heard_before_opened) && held->confirmed) {
      liveness_.heard(holder, now, effects);
    }
    refusal = Counter::drop_forged;
    plaintext = open_frame(crypto_, held->receive_key, header, datagram, plaintext_);
    return plaintext.has_value();
  });
  if (peer == nullptr) {
    counters_.add(refusal);
    return;
  }
  Session* session = session_of(*peer, header.session);
  counters_.add(Counter::frames_in);
  counters_.add(Counter::bytes_in, datagram.size());
  const bool first = !session->confirmed;
  session->accept(header.sequence);
  const bool candidate = peer->candidate && session == &*peer->candidate;
  if (candidate && !has_bug(InjectedBug::candidate_ignored)) peers_.promote_candidate(*peer);
  // A frame that was delayed on its way says where the peer was.
  if (peer->session.received.highest() == header.sequence) {
    peers_.set_endpoint(*peer, arrival.from);
  }
  const bool joined = liveness_.heard(*peer, now, effects);
  if (joined) members_changed(now);
  if (first || joined) peer_proved_itself(*peer, now, effects);
  dispatch(*peer, *plaintext, now, effects);
  learn_name(*peer, now, effects);
}

// protocol.md [confirmed-peers] [confirmed-pull]
void Node::peer_proved_itself(Peer& peer, Instant now, Effects& effects) {
  peer.head_told = {};
  const bool ours = peer.head.verified && peer.head.session == peer.session.peer;
  if (ours)
    peer.incarnation_heard = std::max(peer.incarnation_heard, peer.head.version.incarnation);
  puller_.note_version(peer, peer.told, now);
  send_peer_sample(peer, now, effects);
}

// A frame holds a sequence of messages. The first one that is malformed ends it: what stands
// behind it cannot be trusted to begin where we think.
// protocol.md [malformed-ends] [malformed-silent]
void Node::dispatch(Peer& peer, ByteView plaintext, Instant now, Effects& effects) {
  CborReader in(plaintext);
  while (in.ok() && !in.at_end()) {
    const MessageHead head = decode_message_head(in);
    if (!in.ok()) break;
    if (dispatch_state(peer, head, in, now, effects)) continue;
    if (dispatch_question(peer, head, in, now, effects)) continue;
    if (dispatch_signed(peer, head, in, now, effects)) continue;
    // protocol.md [message-unknown]
    skip_message(in, head);
    if (in.ok()) counters_.add(Counter::drop_unknown_message);
  }
  if (!in.ok()) counters_.add(Counter::drop_malformed);
}

// What a peer says of its own state. False if it is no such message.
bool Node::dispatch_state(Peer& peer, const MessageHead& head, CborReader& in, Instant now,
                          Effects& effects) {
  const Instant changed_before = peer.changed;
  const auto type = static_cast<MessageType>(head.type);
  const auto taken = [&](std::uint32_t incarnation) {
    return in.ok() && may_take(peer, incarnation, now, effects);
  };
  switch (type) {
    case MessageType::mail:
    case MessageType::delta: {
      const Update update = decode_update(in, head);
      if (!taken(update.incarnation)) break;
      if (type == MessageType::mail) {
        puller_.handle_mail(peer, update, now, effects);
      } else {
        puller_.handle_delta(peer, update, now, effects);
      }
      break;
    }
    case MessageType::snapshot: {
      const Snapshot snapshot = decode_snapshot(in, head);
      if (taken(snapshot.version.incarnation)) {
        puller_.handle_snapshot(peer, snapshot, now, effects);
      }
      break;
    }
    case MessageType::manifest: {
      const Manifest manifest = decode_manifest(in, head);
      if (in.ok() && manifest.origin) {
        relayed_puller_.handle_manifest(peer, manifest, now, effects);
      } else if (taken(manifest.version.incarnation)) {
        puller_.handle_manifest(peer, manifest, now, effects);
      }
      break;
    }
    case MessageType::chunk: {
      const Chunk chunk = decode_chunk(in, head);
      if (in.ok() && chunk.origin) {
        relayed_puller_.handle_chunk(peer, chunk, now, effects);
      } else if (in.ok()) {
        puller_.handle_chunk(peer, chunk, now, effects);
      }
      break;
    }
    case MessageType::bye: {
      const ByeReason reason = decode_bye(in, head);
      if (in.ok() && liveness_.handle_bye(peer, reason, now, effects)) members_changed(now);
      break;
    }
    default:
      return false;
  }
  if (peer.changed != changed_before) anti_entropy_.note_change(now);
  return true;
}

// What a peer signed of its own state, or another of its.
bool Node::dispatch_signed(Peer& peer, const MessageHead& head, CborReader& in, Instant now,
                           Effects& effects) {
  switch (static_cast<MessageType>(head.type)) {
    case MessageType::head: {
      const SignedHead signed_head = decode_head_message(in, head);
      if (in.ok() && checkpoints_.handle_head(peer, signed_head, now)) {
        puller_.note_version(peer, peer.coming_head.version, now);
      }
      return true;
    }
    case MessageType::origin: {
      const Origin origin = decode_origin(in, head);
      if (in.ok()) relayed_puller_.handle_origin(peer, origin, now, effects);
      return true;
    }
    default:
      return false;
  }
}

// A new incarnation counts once we hold a head that proves it. Should the peer come back without
// its memory, it is told by its own signature how far it had got; if all that we had was a mail, we
// would refuse it for being old and could not show it why.
// protocol.md [evidence]
bool Node::may_take(Peer& peer, std::uint32_t incarnation, Instant now, Effects& effects) {
  if (handshake_.has_evidence(peer, incarnation, now)) {
    if (incarnation >= peer.incarnation_heard) peer.relayed_run = {};
    peer.incarnation_heard = std::max(peer.incarnation_heard, incarnation);
    return true;
  }
  if (now - peer.head_asked >= kHeadAskInterval) {
    peer.head_asked = now;
    discovery_.ask(peer, now, effects);
  }
  return false;
}

// What a peer asks or tells about others. Answers are limited per peer.
// protocol.md [answer-rate]
bool Node::dispatch_question(Peer& peer, const MessageHead& head, CborReader& in, Instant now,
                             Effects& effects) {
  const auto type = static_cast<MessageType>(head.type);
  const bool asks = type == MessageType::syn || type == MessageType::pull ||
                    type == MessageType::want || type == MessageType::who ||
                    type == MessageType::list || type == MessageType::late;
  if (asks && !peer.answers.take(now)) {
    counters_.add(Counter::drop_answer_limit);
    skip_message(in, head);
    return true;
  }
  switch (type) {
    case MessageType::syn: {
      const Syn syn = decode_syn(in, head);
      if (in.ok()) anti_entropy_.handle_syn(peer, syn, now, effects);
      return true;
    }
    case MessageType::ack: {
      const Ack ack = decode_ack(in, head);
      if (in.ok()) anti_entropy_.handle_ack(peer, ack, now, effects);
      return true;
    }
    case MessageType::list: {
      const List list = decode_list(in, head);
      if (in.ok()) anti_entropy_.handle_list(peer, list, now, effects);
      return true;
    }
    case MessageType::pull: {
      const Pull pull = decode_pull(in, head);
      if (in.ok() && pull.origin) {
        relay_server_.handle_pull(peer, pull, now, effects);
      } else if (in.ok()) {
        server_.handle_pull(peer, pull, now, effects);
      }
      return true;
    }
    case MessageType::want: {
      const Want want = decode_want(in, head);
      if (in.ok() && want.origin) {
        relay_server_.handle_want(peer, want, now, effects);
      } else if (in.ok()) {
        server_.handle_want(peer, want, now, effects);
      }
      return true;
    }
    case MessageType::rumours: {
      const Rumours rumours = decode_rumours(in, head);
      if (in.ok() && liveness_.handle_rumours(peer, rumours, now, effects)) members_changed(now);
      return true;
    }
    case MessageType::late: {
      const Late late = decode_late(in, head);
      if (in.ok()) liveness_.handle_late(peer, late, now, effects);
      return true;
    }
    case MessageType::who: {
      const Who who = decode_who(in, head);
      if (in.ok()) handle_who(peer, who, now, effects);
      return true;
    }
    case MessageType::peers: {
      const PeerAddresses peers = decode_peers(in, head);
      if (in.ok()) handle_peers(peer, peers, now);
      return true;
    }
    default:
      return false;
  }
}

// protocol.md [who-members]
void Node::handle_who(Peer& peer, const Who& who, Instant now, Effects& effects) {
  std::vector<const Peer*> known;
  for (std::size_t i = 0; i < who.count; ++i) {
    const Peer* asked = peers_.find_prefix(who.prefixes[i]);
    if (asked != nullptr && asked != &peer && asked->reachable()) known.push_back(asked);
  }
  if (!known.empty()) send_addresses(peer, known, now, effects);
}

void Node::send_peer_sample(Peer& peer, Instant now, Effects& effects) {
  const std::vector<Peer*>& members = peers_.members().all();
  std::vector<const Peer*> sample(members.begin(), members.end());
  std::erase(sample, &peer);
  const std::size_t count = std::min(sample.size(), kPeerSampleMax);
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(sample[i], sample[i + random_.below(sample.size() - i)]);
  }
  sample.resize(count);
  if (!sample.empty()) send_addresses(peer, sample, now, effects);
}

void Node::send_addresses(Peer& to, std::span<const Peer* const> peers, Instant now,
                          Effects& effects) {
  std::array<std::uint8_t, kPlaintextBytesMax - 16> buffer;
  CborWriter encoded(buffer);
  PeerAddresses addresses;
  for (const Peer* peer : peers) {
    if (!is_of_use_to(peer->endpoint, to.endpoint)) continue;
    encode_peer_address(encoded, {peer->id, peer->endpoint});
    if (!encoded.ok()) return;
    ++addresses.count;
  }
  if (addresses.count == 0) return;
  addresses.encoded = encoded.written();
  CborWriter out = outbox_.plaintext();
  encode_peers(out, addresses);
  outbox_.send(to, out, now, effects);
}

// protocol.md [peers-hint]
void Node::handle_peers(Peer& peer, const PeerAddresses& peers, Instant now) {
  CborReader in(peers.encoded);
  for (std::size_t i = 0; i < peers.count; ++i) {
    PeerAddress told = decode_peer_address(in);
    const Peer* known = peers_.find(told.id);
    if (told.id == self_.id() || (known != nullptr && known->reachable())) continue;
    if (!is_of_use_to(told.endpoint, peer.endpoint)) continue;
    if (is_link_local(told.endpoint)) {
      // protocol.md [address-link-local]
      // Such an address means something on one link only: the one on which we hear who tells us.
      if (peer.endpoint.scope == 0) continue;
      told.endpoint.scope = peer.endpoint.scope;
    }
    discovery_.add_contact(told.endpoint, Rung::gossip, peer.name, kGossipTries, now);
  }
}

}  // namespace dsn
