// SPDX-License-Identifier: Apache-2.0
#include "core/data/data_receiver.hpp"

#include <algorithm>
#include <bit>

#include "core/common/injected_bugs.hpp"
#include "wire/app_message.hpp"

namespace dsn::core {

// protocol.md [data-once] [data-rate]
void DataReceiver::handle_data(Peer& peer, const wire::Data& data, Instant now, Effects& effects) {
  if (!peer.parts.take(now) && !parts_.take(now)) {
    counters_.add(Counter::drop_answer_limit);
    return;
  }
  const Inbox& inbox = inbox_of(peer);
  const auto known =
      std::ranges::find(inbox.seen, data.number, [](const Seen& seen) { return seen.ack.number; });
  const bool is_known = known != inbox.seen.end() && !has_bug(InjectedBug::message_twice);
  if (is_known && known->is_settled) {
    acknowledge(peer, known->ack, effects);
  } else if (is_known || data.number <= inbox.floor) {
    counters_.add(Counter::drop_repeated_message);
  } else if (wire::data_parts(data.size) == 1) {
    take(peer, data.number, data.bytes, effects);
  } else {
    take_part(peer, data, now, effects);
  }
}

DataReceiver::Inbox& DataReceiver::inbox_of(const Peer& peer) {
  if (inboxes_.size() >= 2 * kNodesMax) forget_inboxes();
  Inbox& inbox = inboxes_[peer.id];
  if (inbox.session != peer.session.peer) {
    inbox = {.session = peer.session.peer};
    std::erase_if(assemblies_, [&](const Assembly& one) { return one.from == peer.id; });
  }
  return inbox;
}

void DataReceiver::forget_inboxes() {
  std::erase_if(inboxes_, [&](const auto& inbox) { return peers_.find(inbox.first) == nullptr; });
}

// protocol.md [data-room]
DataReceiver::Assembly* DataReceiver::assembly_for(const Peer& peer, const wire::Data& data,
                                                   Instant now) {
  const auto of_sender = std::ranges::find(assemblies_, peer.id, &Assembly::from);
  const Assembly fresh{peer.id, data.number, peer.met(), now, {}, 0};
  if (of_sender != assemblies_.end()) {
    const bool is_other =
        of_sender->number != data.number || of_sender->message.size() != data.size;
    if (is_other && of_sender->number > data.number) return nullptr;
    if (is_other) *of_sender = fresh;
    return &*of_sender;
  }
  if (assemblies_.size() < kAssembliesMax) return &assemblies_.emplace_back(fresh);
  const auto stalled = std::ranges::min_element(assemblies_, {}, &Assembly::grew);
  if (now - stalled->grew >= kAssemblyPause) return &(*stalled = fresh);
  const auto newest = std::ranges::max_element(assemblies_, {}, &Assembly::met);
  return newest->met > fresh.met ? &(*newest = fresh) : nullptr;
}

// protocol.md [data-parts]
void DataReceiver::take_part(Peer& peer, const wire::Data& data, Instant now, Effects& effects) {
  Assembly* assembly = assembly_for(peer, data, now);
  if (assembly == nullptr) {
    acknowledge(peer, {data.number, wire::DataOutcome::busy, 0}, effects);
    return;
  }
  assembly->message.resize(data.size);
  const std::uint64_t bit = std::uint64_t{1} << data.part;
  if ((assembly->here & bit) == 0) {
    std::ranges::copy(
        data.bytes,
        assembly->message.begin() + static_cast<std::ptrdiff_t>(data.part * wire::kDataPartBytes));
    assembly->here |= bit;
    assembly->grew = now;
  }
  const std::size_t parts = wire::data_parts(data.size);
  const bool is_last = has_bug(InjectedBug::message_with_gaps) && data.part + 1 == parts;
  if (static_cast<std::size_t>(std::popcount(assembly->here)) < parts && !is_last) {
    const bool is_early = has_bug(InjectedBug::message_acknowledged_early);
    const auto outcome = is_early ? wire::DataOutcome::delivered : wire::DataOutcome::incomplete;
    acknowledge(peer, {data.number, outcome, assembly->here}, effects);
    return;
  }
  const Bytes message = std::move(assembly->message);
  assemblies_.erase(assemblies_.begin() + (assembly - assemblies_.data()));
  take(peer, data.number, message, effects);
}

void DataReceiver::take(Peer& peer, std::uint64_t number, ByteView encoded, Effects& effects) {
  Inbox& inbox = inbox_of(peer);
  inbox.seen.push_back({.ack = {number, wire::DataOutcome::malformed, 0}});
  if (inbox.seen.size() > kReceivedRemembered) {
    inbox.floor = std::max(inbox.floor, inbox.seen.front().ack.number);
    inbox.seen.pop_front();
  }
  const auto message = wire::decode_app_message(encoded);
  if (!message) {
    counters_.add(Counter::drop_malformed);
    settle(peer.id, number, wire::DataOutcome::malformed, 0, effects);
    return;
  }
  counters_.add(Counter::messages_in);
  effects.received({peer.id, number, message->kind, std::string(message->name),
                    Bytes(message->payload.begin(), message->payload.end()), message->answers});
}

void DataReceiver::settle(const NodeId& from, std::uint64_t number, wire::DataOutcome outcome,
                          std::uint64_t listeners, Effects& effects) {
  const auto inbox = inboxes_.find(from);
  if (inbox == inboxes_.end()) return;
  const auto seen =
      std::ranges::find(inbox->second.seen, number, [](const Seen& one) { return one.ack.number; });
  if (seen == inbox->second.seen.end() || seen->is_settled) return;
  seen->ack = {number, outcome, listeners};
  seen->is_settled = true;
  Peer* peer = peers_.find(from);
  const bool is_same_run = peer != nullptr && peer->session.peer == inbox->second.session;
  const wire::DataAck ack = seen->ack;
  // There is room later, so that this one is as good as never seen.
  if (outcome == wire::DataOutcome::busy) inbox->second.seen.erase(seen);
  if (is_same_run) acknowledge(*peer, ack, effects);
}

std::size_t DataReceiver::half_bytes() const {
  std::size_t bytes = 0;
  for (const Assembly& assembly : assemblies_) bytes += assembly.message.capacity();
  return bytes;
}

void DataReceiver::acknowledge(Peer& peer, const wire::DataAck& ack, Effects& effects) {
  wire::CborWriter out = outbox_.plaintext();
  wire::encode_data_ack(out, ack);
  outbox_.send(peer, out, effects);
}

}  // namespace dsn::core
