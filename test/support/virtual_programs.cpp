// SPDX-License-Identifier: Apache-2.0
// What programs of the machines write, send, and ask of other nodes.
#include "support/virtual_network.hpp"

namespace dsn::test {

Result<std::uint64_t> VirtualNetwork::commit(std::size_t index, const std::vector<Write>& writes) {
  effects_.clear();
  Result<std::uint64_t> version = node(index).commit(now(index), writes, effects_);
  drain(index);
  return version;
}

void VirtualNetwork::set(std::size_t index, const std::string& key, Value value, Duration max_age) {
  Write write;
  write.key = key;
  write.value = std::move(value);
  write.sampled = now(index);
  write.max_age = max_age;
  (void)commit(index, {write});
}

void VirtualNetwork::unset(std::size_t index, const std::string& key) {
  Write write;
  write.kind = Write::Kind::unset;
  write.key = key;
  (void)commit(index, {write});
}

std::optional<std::uint64_t> VirtualNetwork::tell(std::size_t from, std::size_t to,
                                                  const AppMessage& message, Duration patience) {
  return tell(from, node(to).self().id(), message, patience);
}

std::optional<std::uint64_t> VirtualNetwork::tell(std::size_t from, const NodeId& to,
                                                  const AppMessage& message, Duration patience) {
  effects_.clear();
  const auto numbers = node(from).send(now(from), {&to, 1}, message, patience, effects_);
  drain(from);
  return numbers ? std::optional(numbers->front()) : std::nullopt;
}

bool VirtualNetwork::tell_all(std::size_t from, const AppMessage& message, Duration patience) {
  effects_.clear();
  std::vector<NodeId> members;
  for (const auto& peer : node(from).peers().all()) {
    if (peer->reachable()) members.push_back(peer->id);
  }
  const auto numbers = node(from).send(now(from), members, message, patience, effects_);
  drain(from);
  return numbers.ok();
}

Result<std::uint64_t> VirtualNetwork::fetch(std::size_t index, const NodeId& origin,
                                            const std::string& key, Duration patience) {
  return asked(index, machines_[index].values->fetch(origin, key, patience, now(index)));
}

Result<std::uint64_t> VirtualNetwork::sample(std::size_t index, const NodeId& origin,
                                             const std::string& key, Duration patience) {
  return asked(index, machines_[index].values->sample(origin, key, patience, now(index)));
}

Result<std::uint64_t> VirtualNetwork::asked(std::size_t index, Result<std::uint64_t> request) {
  schedule(index);
  return request;
}

// The process may die at each message that is sent.
void VirtualNetwork::serve_values(std::size_t index) {
  Machine& machine = machines_[index];
  machine.values->handle_timeout(now(index));
  while (const auto outgoing = machine.values->take_outgoing(now(index))) {
    const auto number = tell(index, outgoing->to, outgoing->message(), outgoing->patience);
    if (!machine.running) return;
    machine.values->note_sent(number, now(index));
  }
  for (const ValueRequests::EndedRequest& ended : machine.values->take_ended()) {
    if (value_ended) value_ended(index, ended);
  }
  for (const ReceivedMessage& question : machine.values->take_samples()) {
    const auto sampled = sample_sensor ? sample_sensor(index, question.name)
                                       : Result<void>(Error{"there is no sensor"});
    if (!machine.running) return;
    machine.values->handle_sampled(question, sampled);
  }
  (void)machine.values->take_read();
  schedule(index);
}

}  // namespace dsn::test
