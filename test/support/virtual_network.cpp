// SPDX-License-Identifier: Apache-2.0
#include "support/virtual_network.hpp"

#include <algorithm>
#include <array>

namespace dsn::test {
namespace {

Secret<16> network_key(std::uint8_t fill) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(fill);
  return Secret<16>(bytes);
}

}  // namespace

VirtualNetwork::VirtualNetwork(const NetworkOptions& network_options)
    : options(network_options), random_(network_options.seed), now_(Instant{} + 1h) {}

std::size_t VirtualNetwork::add(const std::string& name,
                                const std::vector<std::size_t>& bootstrap) {
  return add_machine(name, network_key(7), bootstrap);
}

std::size_t VirtualNetwork::add_stranger(const std::string& name) {
  return add_machine(name, network_key(8), {});
}

std::size_t VirtualNetwork::add_machine(const std::string& name, const Secret<16>& key,
                                        const std::vector<std::size_t>& bootstrap) {
  const std::size_t index = machines_.size();
  Machine machine;
  machine.crypto = std::make_unique<FakeCrypto>(options.seed * 100'003 + index);
  machine.endpoint = Endpoint::ipv4(
      {10, 0, static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index & 0xff)},
      17373);
  machine.options.name = name;
  machine.options.network_key = key;
  for (const std::size_t other : bootstrap) {
    machine.options.bootstrap_hosts.push_back(machines_[other].options.name + ".local");
  }
  machines_.push_back(std::move(machine));
  bootstraps_.push_back(bootstrap);
  start(index);
  return index;
}

void VirtualNetwork::start(std::size_t index) {
  Machine& machine = machines_[index];
  machine.options.session = SessionId{random_.next() | 1};
  machine.options.seed = random_.next();
  machine.node = std::make_unique<Node>(*machine.crypto, machine.options, now_);
  machine.running = true;
  effects_.clear();
  machine.node->start(now_, effects_);
  drain(index);
}

void VirtualNetwork::kill(std::size_t index) { machines_[index].running = false; }

void VirtualNetwork::restart(std::size_t index, std::uint32_t incarnation) {
  machines_[index].options.incarnation = incarnation;
  start(index);
}

void VirtualNetwork::stop(std::size_t index, ByeReason reason) {
  bool done = false;
  while (!done) {
    effects_.clear();
    done = node(index).stop(now_, reason, effects_);
    drain(index);
  }
  kill(index);
}

void VirtualNetwork::resume(std::size_t index) { machines_[index].paused = false; }

void VirtualNetwork::set(std::size_t index, const std::string& key, Value value, Duration max_age) {
  Write write;
  write.key = key;
  write.value = std::move(value);
  write.sampled = now_;
  write.max_age = max_age;
  effects_.clear();
  (void)node(index).commit(now_, {&write, 1}, effects_);
  drain(index);
}

void VirtualNetwork::unset(std::size_t index, const std::string& key) {
  Write write;
  write.kind = Write::Kind::unset;
  write.key = key;
  effects_.clear();
  (void)node(index).commit(now_, {&write, 1}, effects_);
  drain(index);
}

// Effects may make the node due again at once (a fan-out larger than one call), and resolving a
// bootstrap host is answered on the spot.
void VirtualNetwork::drain(std::size_t index) {
  Machine& machine = machines_[index];
  for (const CoreEvent& event : effects_.events()) machine.events.push_back(event);
  for (const Effects::Datagram& datagram : effects_.datagrams()) {
    const ByteView bytes = effects_.bytes(datagram);
    ++datagrams_sent;
    bytes_sent += bytes.size();
    if (filter && !filter(index, datagram.to, bytes)) continue;
    if (!datagram.multicast) {
      if (const auto to = find(datagram.to)) send(index, *to, bytes, false);
      continue;
    }
    for (std::size_t to = 0; to < machines_.size(); ++to) {
      if (options.multicast) send(index, to, bytes, true);
    }
  }
  const std::vector<std::size_t> resolve = effects_.bootstraps_to_resolve();
  effects_.clear();
  for (const std::size_t bootstrap : resolve) {
    const Endpoint at = machines_[bootstraps_[index][bootstrap]].endpoint;
    machine.node->handle_resolved(now_, bootstrap, {at}, effects_);
  }
  if (!resolve.empty()) drain(index);
}

std::optional<std::size_t> VirtualNetwork::find(const Endpoint& endpoint) const {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (machines_[i].endpoint == endpoint) return i;
  }
  return std::nullopt;
}

void VirtualNetwork::send(std::size_t from, std::size_t to, ByteView bytes, bool multicast) {
  if (cut.contains({from, to})) return;
  const auto chance = static_cast<std::uint64_t>(options.loss * 1e6);
  if (from != to && random_.below(1'000'000) < chance) return;
  const Duration delay = random_.between(options.delay_min, options.delay_max);
  in_flight_.push({now_ + delay, next_order_++, to, machines_[from].endpoint, multicast,
                   Bytes(bytes.begin(), bytes.end())});
}

void VirtualNetwork::inject(std::size_t to, const Endpoint& from, ByteView bytes, bool multicast) {
  deliver({now_, 0, to, from, multicast, Bytes(bytes.begin(), bytes.end())});
}

void VirtualNetwork::deliver(const InFlight& datagram) {
  Machine& machine = machines_[datagram.to];
  if (!machine.running || machine.paused) return;
  const Arrival arrival{datagram.from, datagram.multicast, "eth0"};
  effects_.clear();
  machine.node->handle_datagram(now_, arrival, datagram.bytes, effects_);
  drain(datagram.to);
}

// The next thing that happens, if it is not later than `until`.
bool VirtualNetwork::step(Instant until) {
  Instant next = in_flight_.empty() ? kNever : in_flight_.top().due;
  std::optional<std::size_t> timer;
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    const Machine& machine = machines_[i];
    if (!machine.running || machine.paused) continue;
    const Instant due = machine.node->next_deadline();
    if (due < next) {
      next = due;
      timer = i;
    }
  }
  if (next > until) return false;
  now_ = std::max(now_, next);
  if (timer) {
    effects_.clear();
    node(*timer).handle_timeout(now_, effects_);
    drain(*timer);
    return true;
  }
  const InFlight datagram = in_flight_.top();
  in_flight_.pop();
  deliver(datagram);
  return true;
}

void VirtualNetwork::run_for(Duration span) {
  const Instant until = now_ + span;
  while (step(until)) {
  }
  now_ = until;
}

bool VirtualNetwork::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant until = now_ + limit;
  while (!condition()) {
    if (!step(until)) {
      now_ = until;
      return condition();
    }
  }
  return true;
}

std::optional<Value> VirtualNetwork::read(std::size_t reader, std::size_t owner,
                                          const std::string& key) const {
  const Node& at = *machines_[reader].node;
  const NodeId& id = machines_[owner].node->self().id();
  const EntryStore* store = nullptr;
  if (reader == owner) {
    store = &at.self().state().store();
  } else if (const Peer* peer = at.peers().find(id)) {
    store = &peer->replica.store();
  }
  const Bytes* encoded = store != nullptr ? store->find(key) : nullptr;
  if (encoded == nullptr) return std::nullopt;
  CborReader in(*encoded);
  return Value::from_cbor(decode_entry(in).value);
}

bool VirtualNetwork::all_meet() const {
  for (const Machine& one : machines_) {
    for (const Machine& other : machines_) {
      if (&one == &other || !one.running || !other.running) continue;
      const Peer* peer = one.node->peers().find(other.node->self().id());
      if (peer == nullptr || peer->state != PeerState::live) return false;
    }
  }
  return true;
}

bool VirtualNetwork::in_sync() {
  if (!all_meet()) return false;
  std::optional<std::uint64_t> sum;
  for (Machine& machine : machines_) {
    if (!machine.running) continue;
    const std::uint64_t own = machine.node->state_sum();
    if (sum.value_or(own) != own) return false;
    sum = own;
  }
  return true;
}

std::size_t VirtualNetwork::events_of(std::size_t index, CoreEvent::Kind kind) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      machines_[index].events, [kind](const CoreEvent& event) { return event.kind == kind; }));
}

}  // namespace dsn::test
