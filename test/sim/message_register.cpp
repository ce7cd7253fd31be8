// SPDX-License-Identifier: Apache-2.0
#include "sim/message_register.hpp"

#include <fmt/format.h>

namespace dsn::sim {

using namespace wire;

MessageRegister::MessageRegister(test::VirtualNetwork& net, std::uint64_t seed,
                                 Invariants& invariants)
    : net_(net), random_(seed), invariants_(invariants) {
  net_.message_received = [this](std::size_t index, const ReceivedMessage& message) {
    return note_received(index, message);
  };
  net_.message_settled = [this](std::size_t index, const SettledMessage& message) {
    note_settled(index, message);
  };
}

void MessageRegister::act() {
  const std::size_t from = random_.below(net_.size());
  const std::size_t to = random_.below(net_.size());
  if (from == to || !net_[from].running || net_[from].paused || net_[to].node == nullptr) return;
  const std::size_t bytes =
      random_.one_in(4) ? random_.below(8 * kDataPartBytes) : random_.below(100);
  // No two have the same text, so that one cannot stand for another.
  std::string text(bytes, static_cast<char>('a' + random_.below(26)));
  text += std::to_string(random_.next());
  const bool to_insider = insider_ && random_.one_in(4);
  const NodeId receiver = to_insider ? *insider_ : net_.node(to).self().id();
  send(from, receiver, text, random_.between(100ms, 30s));
}

bool MessageRegister::send(std::size_t from, const NodeId& to, const std::string& text,
                           Duration patience) {
  const Value value = Value::text(text);
  const Bytes payload(value.cbor().begin(), value.cbor().end());
  const auto number = net_.tell(from, to, {AppMessageKind::send, "light", payload, 0}, patience);
  if (!number) return false;
  const LocalNode& self = net_.node(from).self();
  sent_[{self.id(), self.session(), *number}] = {from, to, payload};
  return true;
}

void MessageRegister::fill() {
  for (std::size_t from = 0; from < net_.size(); ++from) {
    if (!net_[from].running || net_[from].paused) continue;
    std::vector<NodeId> reachable;
    for (const auto& peer : net_.node(from).peers().all()) {
      if (peer->reachable()) reachable.push_back(peer->id);
    }
    if (reachable.size() < 2) continue;
    std::size_t count = 0;
    while (send(from, reachable[0], "fill " + std::to_string(count), 1s)) ++count;
    if (!send(from, reachable[1], "room", 1s)) {
      invariants_.broken(fmt::format("{} messages to one node leave {} no room for another", count,
                                     net_[from].options.name));
    }
    return;
  }
}

DataAck MessageRegister::note_received(std::size_t index, const ReceivedMessage& message) {
  const DataOutcome outcome = random_.one_in(8)   ? DataOutcome::busy
                              : random_.one_in(8) ? DataOutcome::nobody_listens
                                                  : DataOutcome::delivered;
  const DataAck ack{message.number, outcome, 1};
  // An answer to a request of ValueRegister that has ended.
  if (message.kind != AppMessageKind::send) return ack;
  const LocalNode& self = net_.node(index).self();
  const Peer* peer = net_.node(index).peers().find(message.from);
  if (peer == nullptr || !invariants_.is_trusted(message.from) ||
      !invariants_.is_trusted(self.id()))
    return ack;
  const auto sent = sent_.find({message.from, peer->session.peer, message.number});
  const std::string what = fmt::format("{} took message {} of {}, ", net_[index].options.name,
                                       message.number, peer->name);
  if (sent == sent_.end()) {
    invariants_.broken(what + "which nobody sent");
    return ack;
  }
  if (sent->second.to != self.id()) invariants_.broken(what + "which was sent to another");
  if (sent->second.payload != message.payload) invariants_.broken(what + "and not as it was sent");
  const bool is_first = sent->second.taken_by.insert(self.session()).second;
  if (!is_first) invariants_.broken(what + "for the second time");
  if (outcome == DataOutcome::busy) sent->second.taken_by.erase(self.session());
  return ack;
}

void MessageRegister::note_settled(std::size_t index, const SettledMessage& message) {
  const LocalNode& self = net_.node(index).self();
  const auto sent = sent_.find({self.id(), self.session(), message.number});
  if (sent == sent_.end() || !invariants_.is_trusted(self.id())) return;
  const std::string what =
      fmt::format("{} is told of its message {}, ", net_[index].options.name, message.number);
  if (sent->second.is_settled) invariants_.broken(what + "for the second time");
  sent->second.is_settled = true;
  using Outcome = SettledMessage::Outcome;
  const bool arrived =
      message.outcome == Outcome::delivered || message.outcome == Outcome::nobody_listens;
  const bool is_known = !sent->second.taken_by.empty() || !invariants_.is_trusted(message.to);
  if (arrived && !is_known) invariants_.broken(what + "which nobody took");
}

void MessageRegister::check_at_rest() {
  for (const auto& [name, sent] : sent_) {
    const bool is_same_run =
        net_[sent.machine].running && net_.node(sent.machine).self().session() == name.session;
    if (is_same_run && !sent.is_settled && invariants_.is_trusted(name.from)) {
      invariants_.broken(fmt::format("{} is never told what became of its message {}",
                                     net_[sent.machine].options.name, name.number));
    }
  }
}

}  // namespace dsn::sim
