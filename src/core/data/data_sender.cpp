// SPDX-License-Identifier: Apache-2.0
#include "core/data/data_sender.hpp"

#include <algorithm>
#include <bit>
#include <iterator>

#include "core/common/injected_bugs.hpp"

namespace dsn::core {
namespace {

constexpr Error not_a_member() { return {"is not reachable", ErrorCode::unreachable}; }

std::uint64_t bit_of(std::size_t part) { return std::uint64_t{1} << part; }

std::uint64_t all_parts(std::size_t parts) {
  return parts == 64 ? ~std::uint64_t{0} : bit_of(parts) - 1;
}

Duration first_pause(const Peer& peer) {
  return std::clamp(peer.syn.round_trip * 3, kDataResendMin, kDataResendMax);
}

SettledMessage::Outcome outcome_of(wire::DataOutcome told) {
  switch (told) {
    case wire::DataOutcome::delivered:
      return SettledMessage::Outcome::delivered;
    case wire::DataOutcome::nobody_listens:
      return SettledMessage::Outcome::nobody_listens;
    case wire::DataOutcome::incomplete:
    case wire::DataOutcome::busy:
      return SettledMessage::Outcome::busy;
    case wire::DataOutcome::refused:
    case wire::DataOutcome::malformed:
      break;
  }
  return SettledMessage::Outcome::refused;
}

}  // namespace

// protocol.md [data-number]
DataSender::DataSender(PeerTable& peers, Outbox& outbox, Counters& counters, SessionId session)
    : peers_(peers),
      outbox_(outbox),
      counters_(counters),
      numbers_(static_cast<std::uint64_t>(session) >> 16) {}

Result<std::vector<std::uint64_t>> DataSender::send(std::span<const NodeId> to, Bytes message,
                                                    Duration patience, Instant now,
                                                    Effects& effects) {
  const bool is_full = to.size() == 1 && !has_room(to.front(), message.size());
  const bool is_large = message.size() > std::max(free_bytes(), kSendShareBytes);
  if (is_full || is_large) {
    return Error{"too many messages are under way", ErrorCode::refused};
  }
  for (const NodeId& id : to) {
    const Peer* peer = peers_.find(id);
    if (peer == nullptr || !peer->reachable()) return not_a_member();
  }
  const auto shared = std::make_shared<const Bytes>(std::move(message));
  if (!to.empty()) bytes_ += shared->size();
  std::vector<std::uint64_t> numbers;
  for (const NodeId& id : to) {
    Sending sending{.number = ++numbers_, .message = shared};
    sending.began = now;
    sending.expires = now + patience;
    numbers.push_back(numbers_);
    begin(id, std::move(sending), now, effects);
  }
  const bool all_settled = shared.use_count() == 1;
  if (all_settled && !to.empty()) bytes_ -= shared->size();
  return numbers;
}

void DataSender::address_proven(const Peer& peer, Instant now, Effects& effects) {
  if (streams_.contains(peer.id)) work_on(peer.id, now, effects);
}

// protocol.md [data-share]
bool DataSender::has_room(const NodeId& to, std::size_t bytes) const {
  const auto stream = streams_.find(to);
  const bool is_first = stream == streams_.end();
  const std::size_t waiting = is_first ? 0 : stream->second.messages.size();
  const std::size_t bytes_waiting = is_first ? 0 : stream->second.bytes;
  const std::size_t free = kSendsMax - kNodesMax * kSendsShare - above_shares_;
  if (has_bug(InjectedBug::messages_in_one_pot)) return free > 0;
  if (waiting < kSendsShare && bytes <= kSendShareBytes) return true;
  return waiting < kSendsShare + free / kSendsNodePart &&
         bytes_waiting + bytes <= free_bytes() / kSendBytesNodePart;
}

void DataSender::begin(const NodeId& to, Sending sending, Instant now, Effects& effects) {
  const bool is_full = !has_room(to, sending.message->size());
  Stream& stream = streams_[to];
  sending.place = stream.places++;
  stream.bytes += sending.message->size();
  stream.messages.push_back(std::move(sending));
  if (stream.messages.size() > kSendsShare) ++above_shares_;
  counters_.add(Counter::messages_out);
  if (is_full) {
    settle(to, stream, std::prev(stream.messages.end()), SettledMessage::Outcome::busy, 0, now,
           effects);
  }
  work_on(to, now, effects);
}

void DataSender::handle_timeout(Instant now, Effects& effects) {
  while (due_.earliest() <= now && !effects.full()) {
    const DeadlineQueue::Deadline deadline = due_.take();
    const Peer* peer = peers_.find_prefix(deadline.prefix);
    const auto at = peer != nullptr ? streams_.find(peer->id)
                                    : std::ranges::find_if(streams_, [&](const auto& stream) {
                                        return stream.first.prefix() == deadline.prefix;
                                      });
    if (at == streams_.end() || at->second.due != deadline.due) continue;
    at->second.due = kNever;
    const NodeId id = at->first;
    work_on(id, now, effects);
  }
}

// protocol.md [data-window] [data-resend] [data-proven]
void DataSender::work_on(const NodeId& to, Instant now, Effects& effects) {
  Stream& stream = streams_[to];
  Peer* peer = peers_.find(to);
  give_up(to, stream, peer, now, effects);
  if (stream.messages.empty()) {
    streams_.erase(to);
    return;
  }
  bool may_send = peer != nullptr && peer->reachable() && peer->path.is_proven();
  Instant due = may_send ? kNever : now + kDataResendMax;  // it may be back by then
  for (Sending& sending : stream.messages) {
    due = std::min(due, sending.expires);
    if (!may_send || !is_under_way(stream, sending)) continue;
    if (sending.resend <= now) begin_again(sending, *peer, now);
    may_send = send_parts(*peer, sending, now, effects);
    due = std::min(due, may_send ? sending.resend : next_room(now, effects));
  }
  schedule(to, stream, due);
}

Instant DataSender::next_room(Instant now, const Effects& effects) {
  return effects.full() ? now : std::max(parts_.available_at(now), now + 1ms);
}

void DataSender::give_up(const NodeId& to, Stream& stream, const Peer* peer, Instant now,
                         Effects& effects) {
  using Outcome = SettledMessage::Outcome;
  const bool is_lost =
      peer == nullptr || peer->life.state == PeerState::gone || peer->life.state == PeerState::left;
  for (std::size_t i = 0; i < stream.messages.size();) {
    const Sending& sending = stream.messages[i];
    const bool began = sending.session != SessionId{};
    const bool has_restarted = began && peer != nullptr && peer->session.peer != sending.session;
    const auto at = stream.messages.begin() + static_cast<std::ptrdiff_t>(i);
    if (has_restarted) {
      settle(to, stream, at, Outcome::restarted, 0, now, effects);
    } else if (is_lost || sending.expires <= now) {
      settle(to, stream, at, sending.found_no_room ? Outcome::busy : Outcome::unanswered, 0, now,
             effects);
    } else {
      ++i;
    }
  }
}

// One that waits for its acknowledgement holds up those far behind it, because the receiver
// remembers only so many; and only one of several parts is under way, as it takes room there.
bool DataSender::is_under_way(const Stream& stream, const Sending& sending) {
  if (sending.place >= stream.messages.front().place + kSendsUnderWay) return false;
  if (sending.parts() == 1) return true;
  const auto first =
      std::ranges::find_if(stream.messages, [](const Sending& other) { return other.parts() > 1; });
  return first->number == sending.number;
}

void DataSender::begin_again(Sending& sending, const Peer& peer, Instant now) const {
  const bool is_first = sending.pause == Duration(0);
  sending.pause = is_first ? first_pause(peer) : std::min(sending.pause * 2, kDataResendMax);
  sending.sent = sending.arrived;
  sending.resend = now + sending.pause;
}

bool DataSender::send_parts(Peer& peer, Sending& sending, Instant now, Effects& effects) {
  const std::uint64_t wanted = all_parts(sending.parts());
  while ((sending.sent & wanted) != wanted &&
         std::popcount(sending.sent & ~sending.arrived) < kDataWindow) {
    if (effects.full() || !parts_.take(now)) return false;
    const auto part = static_cast<std::size_t>(std::countr_one(sending.sent));
    if (!send_part(peer, sending, part, effects)) return false;
    sending.session = peer.session.peer;
    if (sending.resend == kNever) begin_again(sending, peer, now);
    sending.sent |= bit_of(part);
  }
  return true;
}

bool DataSender::send_part(Peer& peer, const Sending& sending, std::size_t part, Effects& effects) {
  const ByteView message(*sending.message);
  const std::size_t begin = part * wire::kDataPartBytes;
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_data(
      out, {sending.number, message.size(), part,
            message.subspan(begin, std::min(wire::kDataPartBytes, message.size() - begin))});
  return outbox_.send(peer, out, effects);
}

// protocol.md [data-settled]
void DataSender::handle_ack(const Peer& peer, const wire::DataAck& ack, Instant now,
                            Effects& effects) {
  const auto found = streams_.find(peer.id);
  if (found == streams_.end()) return;
  Stream& stream = found->second;
  const auto at = std::ranges::find(stream.messages, ack.number, &Sending::number);
  if (at == stream.messages.end() || at->sent == 0) return;
  if (ack.outcome == wire::DataOutcome::incomplete) {
    note_here(*at, peer, ack.detail & all_parts(at->parts()), now);
  } else if (ack.outcome == wire::DataOutcome::busy) {
    // All of it is sent again, after the pause.
    at->found_no_room = true;
    at->arrived = 0;
    at->sent = all_parts(at->parts());
  } else {
    settle(peer.id, stream, at, outcome_of(ack.outcome), ack.detail, now, effects);
  }
  work_on(peer.id, now, effects);
}

// What was there before may have given way to another message, and is sent again.
void DataSender::note_here(Sending& sending, const Peer& peer, std::uint64_t here, Instant now) {
  if ((here & ~sending.arrived) != 0) {
    sending.pause = first_pause(peer);
    sending.resend = now + sending.pause;
  }
  sending.arrived = here;
  sending.sent |= here;
  sending.found_no_room = false;
}

void DataSender::settle(const NodeId& to, Stream& stream, const std::deque<Sending>::iterator& at,
                        SettledMessage::Outcome outcome, std::uint64_t listeners, Instant now,
                        Effects& effects) {
  effects.settled({to, at->number, outcome, listeners, now - at->began});
  if (at->message.use_count() == 1) bytes_ -= at->message->size();
  stream.bytes -= at->message->size();
  if (stream.messages.size() > kSendsShare) --above_shares_;
  stream.messages.erase(at);
}

void DataSender::schedule(const NodeId& to, Stream& stream, Instant due) {
  if (due == stream.due && due != kNever) return;
  stream.due = due;
  if (due != kNever) due_.push(due, to);
}

}  // namespace dsn::core
