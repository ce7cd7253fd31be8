// SPDX-License-Identifier: Apache-2.0
#include "core/node.hpp"

#include <algorithm>

#include "core/common/injected_bugs.hpp"
#include "core/common/senders_faults.hpp"

namespace dsn::core {
namespace {

// Once a minute for as long as a gone node is remembered.
constexpr unsigned kGoneTries = kRetain / 1min;
constexpr unsigned kRememberedTries = 8;

}  // namespace

Node::Node(CryptoPort& crypto, const NodeOptions& options, Instant now)
    : crypto_(crypto),
      options_(options),
      random_(options.seed),
      keys_(crypto, options.keys, options.session),
      pair_opener_(crypto, counters_),
      self_(crypto, options.name, keys_.network_id(), options.session, options.incarnation,
            options.beat_seed, now, options.observer ? wire::kObserverRole : 0, options.program),
      held_(crypto, self_.id()),
      names_(self_, peers_),
      memory_(peers_, options.common_replica_bytes),
      outbox_(crypto, options.session, counters_),
      digest_(crypto, keys_, self_, peers_),
      server_(crypto, self_, answers_, outbox_),
      relay_server_(crypto, self_, peers_, answers_, outbox_),
      mailer_(self_, peers_, outbox_, random_, counters_, options.mail_frames_per_second),
      signer_(self_, mailer_, peers_, outbox_, random_),
      key_spreader_(keys_, self_, peers_, outbox_, counters_, now),
      rumours_(self_, peers_, outbox_),
      syns_(crypto, self_, peers_, digest_, signer_, key_spreader_, rumours_, outbox_,
            options.beat_seed),
      liveness_(crypto, peers_, syns_, rumours_, outbox_, random_),
      discovery_(keys_, key_spreader_, self_, peers_, outbox_, random_, options.multicast),
      key_changes_(keys_, key_spreader_, self_, signer_, peers_, names_, discovery_),
      calls_(keys_, self_, discovery_.hearsay()),
      admission_(crypto, keys_, peers_, liveness_, counters_, options.whitelist),
      verifier_(crypto, peers_, liveness_, options.public_key_operations_per_second),
      incarnations_(peers_),
      strangers_(options.public_key_operations_per_second),
      group_opener_(crypto, keys_, peers_, discovery_, strangers_, counters_),
      handshake_(crypto, keys_, self_, peers_, outbox_, discovery_, admission_, strangers_,
                 pair_opener_, random_, counters_),
      checkpoints_(crypto, keys_, peers_, verifier_, memory_, counters_),
      replicas_(peers_, checkpoints_, memory_, counters_),
      puller_(crypto, peers_, replicas_, outbox_, random_, counters_),
      relayed_puller_(crypto, self_, keys_, peers_, liveness_, admission_, verifier_, incarnations_,
                      replicas_, memory_, puller_, outbox_, random_, counters_),
      anti_entropy_(peers_, digest_, syns_, liveness_, puller_, relayed_puller_, answers_, outbox_,
                    random_, counters_),
      data_receiver_(peers_, outbox_, counters_),
      data_sender_(peers_, outbox_, counters_, options.session),
      known_nodes_(crypto, self_, keys_, peers_, names_, admission_, liveness_),
      expected_(self_, peers_, liveness_, options.expected),
      addresses_(self_, peers_, discovery_.hearsay(), outbox_, random_),
      router_(
          {answers_, server_, relay_server_, liveness_, names_, checkpoints_, mails_, puller_,
           relayed_puller_, anti_entropy_, addresses_, data_receiver_, data_sender_, key_spreader_},
          counters_) {
  liveness_.started(now);
  liveness_.set_retain(options.retain, now);
  for (const KnownNode& known : options.known) known_nodes_.remember(known, now);
}

void Node::start(Instant now, Effects& effects) {
  if (options_.local_only) return;
  set_clock(now);
  discovery_.start(now, options_.bootstrap_hosts.size());
  for (const Endpoint& endpoint : options_.remembered) {
    discovery_.add_contact(endpoint, Rung::remembered, "", kRememberedTries, now);
  }
  run_due(now, effects);
}

Instant Node::next_deadline() const {
  if (options_.local_only) return kNever;
  return std::min({mailer_.next_deadline(), signer_.next_deadline(), liveness_.next_deadline(),
                   discovery_.next_deadline(), handshake_.next_deadline(), puller_.next_deadline(),
                   checkpoints_.next_deadline(), expected_.next_deadline(), syns_.next_deadline(),
                   relayed_puller_.next_deadline(), anti_entropy_.next_deadline(),
                   data_sender_.next_deadline(), key_spreader_.next_deadline()});
}

void Node::handle_timeout(Instant now, Effects& effects) {
  if (options_.local_only) return;
  set_clock(now);
  note_own_lag(now);
  run_due(now, effects);
}

// While we were not called we did not hear the network either.
void Node::note_own_lag(Instant now) {
  if (now - next_deadline() > kOwnLagMax) liveness_.note_own_lag(now);
}

void Node::run_due(Instant now, Effects& effects) {
  key_spreader_.handle_timeout(now, effects);
  handshake_.handle_timeout(now, effects);
  puller_.handle_timeout(now, effects);
  mailer_.handle_timeout(now, effects);
  relayed_puller_.handle_timeout(now, effects);
  for (Peer* peer : checkpoints_.handle_timeout(now)) puller_.note_difference(*peer, now);
  signer_.handle_timeout(now, effects);
  anti_entropy_.handle_timeout(now, effects);
  syns_.handle_timeout(now, effects);
  data_sender_.handle_timeout(now, effects);
  discovery_.handle_timeout(now, effects);
  const std::vector<const Peer*> gone = liveness_.handle_timeout(now, effects);
  for (const Endpoint& silent : liveness_.take_silent()) discovery_.call_member(silent, now);
  if (!gone.empty()) members_changed(now);
  for (const Peer* peer : gone) {
    discovery_.add_contact(peer->path.last(), Rung::remembered, "", kGoneTries, now);
  }
  expected_.handle_timeout(now, effects);
}

bool Node::sums_hold() {
  Membership members;
  for (const auto& peer : peers_.all()) {
    if (!peer->reachable()) continue;
    members.sum += peer->member_hash;
    ++members.count;
    if (!peers_.members().any_at(peer->path.proven())) return false;
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
  set_clock(now);
  digest_.own_changed(now);
  anti_entropy_.note_change(now);
  mailer_.own_state_changed(now, effects);
  signer_.own_state_changed(now);
  return version;
}

Result<std::vector<std::uint64_t>> Node::send(Instant now, std::span<const NodeId> to,
                                              const wire::AppMessage& message, Duration patience,
                                              Effects& effects) {
  set_clock(now);
  auto encoded = wire::encode_app_message(message);
  if (!encoded) return Error{"it is no message", ErrorCode::invalid_argument};
  return data_sender_.send(to, std::move(*encoded), patience, now, effects);
}

void Node::handle_resolved(Instant now, std::size_t bootstrap_index,
                           const std::vector<Endpoint>& endpoints, Effects& effects) {
  if (options_.local_only || bootstrap_index >= options_.bootstrap_hosts.size()) return;
  set_clock(now);
  discovery_.handle_resolved(bootstrap_index, options_.bootstrap_hosts[bootstrap_index], endpoints,
                             now, effects);
}

void Node::handle_network_changed(Instant now) {
  if (!options_.local_only) discovery_.network_changed(now);
}

void Node::set_links(std::vector<Prefix> links, Instant now) {
  const auto leads_out = [](const Prefix& link) { return !link.address.is_loopback(); };
  liveness_.set_online(std::ranges::any_of(links, leads_out), now);
  discovery_.hearsay().set_links(std::move(links));
}

void Node::set_bootstraps(Instant now, std::vector<std::string> hosts) {
  options_.bootstrap_hosts = std::move(hosts);
  if (!options_.local_only) discovery_.set_bootstraps(options_.bootstrap_hosts.size(), now);
}

bool Node::stop(Instant now, const wire::Bye& bye, Effects& effects) {
  if (options_.local_only) return true;
  set_clock(now);
  const bool leaves = bye.reason == wire::ByeReason::leaving;
  if (leaves) signer_.leave(now);
  return handshake_.say_bye(bye, now, effects) &&
         liveness_.say_bye(bye, leaves ? &self_.last_head() : nullptr, effects);
}

void Node::handle_datagram(Instant now, const Arrival& arrival, ByteView datagram,
                           Effects& effects) {
  set_clock(now);
  if (!options_.local_only) note_own_lag(now);
  counters_.take_changed();
  handle_frame(arrival, datagram, now, effects);
  note_faults(counters_.take_changed(), arrival.from, datagram, now, drop_senders_);
}

// protocol.md [drop-echo]
void Node::handle_frame(const Arrival& arrival, ByteView datagram, Instant now, Effects& effects) {
  const std::optional<FrameHeader> header = decode_frame_header(datagram);
  if (options_.local_only || !header) {
    const bool called = !options_.local_only && calls_.answer(datagram, arrival.from, now, effects);
    if (!called) counters_.add(Counter::drop_not_ours);
  } else if (header->frame_class == FrameClass::pair) {
    handle_pair_frame(*header, arrival, datagram, now, effects);
  } else if (header->session() == self_.session()) {
    counters_.add(Counter::drop_own_echo);
    discovery_.note_answer(arrival.from, self_.id(), now);
  } else {
    handle_group_frame(*header, arrival, datagram, now, effects);
  }
}

void Node::handle_group_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                              Instant now, Effects& effects) {
  const auto frame = group_opener_.open(header, arrival, datagram, now);
  const std::uint32_t before = self_.version().incarnation;
  if (!frame) return;
  const auto opened = handshake_.handle_message(
      {header.session(), arrival, datagram.size(), frame->key}, frame->plaintext, now, effects);
  if (self_.version().incarnation != before) incarnation_raised(now);
  if (opened) take_frame(*opened, arrival, datagram.size(), now, effects);
}

void Node::incarnation_raised(Instant now) {
  digest_.own_changed(now);
  anti_entropy_.note_change(now);
  mailer_.incarnation_raised(now);
}

void Node::handle_pair_frame(const FrameHeader& header, const Arrival& arrival, ByteView datagram,
                             Instant now, Effects& effects) {
  const auto opened = open_pair_frame(header, arrival, datagram, now, effects);
  if (!opened) return;
  counters_.add(Counter::frames_in);
  counters_.add(Counter::bytes_in, datagram.size());
  take_frame(*opened, arrival, datagram.size(), now, effects);
}

// protocol.md [drop-stranger]
std::optional<Handshake::Opened> Node::open_pair_frame(const FrameHeader& header,
                                                       const Arrival& arrival, ByteView datagram,
                                                       Instant now, Effects& effects) {
  Peer* peer = peers_.find_label(header.sender);
  if (peer == nullptr) {
    return handshake_.handle_unknown_label(header, arrival, datagram, now, effects);
  }
  if (has_bug(InjectedBug::rotation_ends_sessions) && !keys_.is_current(peer->session.key)) {
    return std::nullopt;
  }
  if (has_bug(InjectedBug::heard_before_opened)) liveness_.heard(*peer, now, effects);
  const auto plaintext = pair_opener_.open(peer->session, header, datagram);
  if (!plaintext) return std::nullopt;
  return Handshake::Opened{peer, header.sequence, *plaintext};
}

// protocol.md [address-newest] [clock-newest] [confirmed-peers]
void Node::take_frame(const Handshake::Opened& frame, const Arrival& arrival, std::size_t bytes,
                      Instant now, Effects& effects) {
  Peer& peer = *frame.peer;
  const ClockReading clock{clock_ms_of(frame.sequence), now};
  peer.session.accept(frame.sequence);
  peer.session.answered |= !frame.is_knock;
  peer.hearsay_credit = std::min(peer.hearsay_credit + bytes, kHearsayCreditMax);
  // A frame that was delayed on its way says where and when the peer was.
  if (peer.session.received.highest() == frame.sequence) {
    peers_.heard_from(peer, arrival.from, bytes);
    if (peer.copy.session == peer.session.peer) peer.copy.replica.note_clock(clock);
  }
  const bool joined = liveness_.heard(peer, now, effects);
  if (joined) members_changed(now);
  if (frame.in_new_session || joined) StateSigner::session_confirmed(peer);
  const bool introduces = frame.in_new_session || frame.is_knock;
  if (peer.path.unproven) {
    syns_.ask_address(peer, introduces, now, effects);
  } else if (introduces) {
    introduce(peer, now, effects);
  }
  const bool asked = peer.path.unproven.has_value();
  if (!asked && (frame.in_new_session || joined)) addresses_.send_sample(peer, effects);
  const NodeId id = peer.id;
  if (router_.dispatch(peer, frame.plaintext, clock, effects)) members_changed(now);
  if (key_changes_.settle(now, effects)) members_changed(now);
  Peer* met = peers_.find(id);  // it may have given way to another
  if (met == nullptr) return;
  if (asked && !met->path.unproven) meet(*met, now, effects);
  const bool returns =
      met->life.state == PeerState::restarting || met->life.state == PeerState::asleep;
  // It does not know where an observer is when it comes back. protocol.md [observer-calls]
  const Endpoint& there = met->path.proven();
  if (self_.is_observer() && returns)
    discovery_.add_contact(there, Rung::remembered, "", kGoneTries, now);
}

// The address of the peer is proven: what is too much for one that is not can be sent.
void Node::meet(Peer& peer, Instant now, Effects& effects) {
  key_spreader_.hand_on(peer, now, effects);
  if (peer.head_told.copies == 0) signer_.tell(peer, effects);
  addresses_.send_sample(peer, effects);
  puller_.address_proven(peer, now);
  data_sender_.address_proven(peer, now, effects);
}

// protocol.md [run-said]
void Node::introduce(Peer& peer, Instant now, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_run(out, self_.run());
  signer_.append_to(peer, out);
  outbox_.send(peer, out, effects);
  key_spreader_.hand_on(peer, now, effects);
}

Keyring::Verdict Node::rotate(Instant now, const wire::KeyMessage& message, Effects& effects) {
  const Keyring::Verdict verdict = key_spreader_.take(message, now);
  if (key_changes_.settle(now, effects)) members_changed(now);
  return verdict;
}

}  // namespace dsn::core
