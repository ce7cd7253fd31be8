// SPDX-License-Identifier: Apache-2.0
#include "support/virtual_network.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"

namespace dsn::test {

using namespace core;
using namespace wire;

namespace {

Secret<16> network_key(std::uint8_t fill) {
  std::array<std::uint8_t, 16> bytes;
  bytes.fill(fill);
  return Secret<16>(bytes);
}

}  // namespace

VirtualNetwork::VirtualNetwork(const NetworkOptions& network_options)
    : options(network_options), random_(network_options.seed), now_(Instant{} + 1h) {}

std::size_t VirtualNetwork::add(const std::string& name, const std::vector<std::size_t>& bootstrap,
                                bool observer) {
  return add_machine(name, network_key(7), bootstrap, observer);
}

std::size_t VirtualNetwork::add_stranger(const std::string& name) {
  return add_machine(name, network_key(8), {}, false);
}

std::size_t VirtualNetwork::add_machine(const std::string& name, const Secret<16>& key,
                                        const std::vector<std::size_t>& bootstrap, bool observer) {
  Machine machine;
  give_key(machine, next_key_seed());
  machine.options.name = name;
  const EpochKey first{kFirstKeyEpoch, key};
  machine.options.keys = options.authority ? authority.invite(first) : only_key(key);
  machine.options.observer = observer;
  machine.options.bootstrap_hosts = hosts_of(bootstrap);
  const std::size_t index = insert(std::move(machine), bootstrap);
  start(index);
  return index;
}

std::vector<std::string> VirtualNetwork::hosts_of(const std::vector<std::size_t>& machines) const {
  std::vector<std::string> hosts;
  for (const std::size_t i : machines) hosts.push_back(machines_[i].options.name + ".local");
  return hosts;
}

void VirtualNetwork::set_bootstraps(std::size_t index, const std::vector<std::size_t>& bootstrap) {
  machines_[index].options.bootstrap_hosts = hosts_of(bootstrap);
  bootstraps_[index] = bootstrap;
  machines_[index].node->set_bootstraps(now(index), hosts_of(bootstrap));
  schedule(index);
}

std::size_t VirtualNetwork::insert(Machine machine, const std::vector<std::size_t>& bootstrap) {
  const std::size_t index = machines_.size();
  machine.endpoint = Endpoint::ipv4(
      {10, 0, static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index & 0xff)},
      17373);
  by_endpoint_[machine.endpoint] = index;
  machines_.push_back(std::move(machine));
  bootstraps_.push_back(bootstrap);
  return index;
}

std::size_t VirtualNetwork::add_clone(std::size_t of, std::uint32_t incarnation,
                                      bool same_entropy) {
  Machine machine;
  give_key(machine, machines_[of].key_seed);
  machine.options = machines_[of].options;
  machine.options.incarnation = incarnation;
  const std::size_t index = insert(std::move(machine), std::vector(bootstraps_[of]));
  if (same_entropy) {
    launch(index);
  } else {
    start(index);
  }
  return index;
}

void VirtualNetwork::give_key(Machine& machine, std::uint64_t seed) {
  machine.key_seed = seed;
  machine.crypto = make_crypto ? make_crypto(seed) : std::make_unique<FakeCrypto>(seed);
}

void VirtualNetwork::start(std::size_t index) {
  Machine& machine = machines_[index];
  machine.options.session = SessionId{random_.next() | 1};
  machine.options.seed = random_.next();
  machine.options.public_key_operations_per_second = options.public_key_operations_per_second;
  machine.options.common_replica_bytes = options.common_replica_bytes;
  draw_beats(machine.options);
  launch(index);
}

// Another in each run, and drawn from nothing, so that seeds stand for what they stood for.
void VirtualNetwork::draw_beats(NodeOptions& options) {
  Random random(static_cast<std::uint64_t>(options.session));
  for (std::uint8_t& byte : options.beat_seed.mutable_view()) {
    byte = static_cast<std::uint8_t>(random.next());
  }
}

void VirtualNetwork::launch(std::size_t index) {
  Machine& machine = machines_[index];
  machine.values.reset();
  machine.node = std::make_unique<Node>(*machine.crypto, machine.options, now(index));
  machine.values = std::make_unique<ValueRequests>(*machine.node);
  machine.running = true;
  machine.paused = false;
  machine.noted = {};
  machine.sends_left.reset();
  machine.node->set_links({kLink}, now(index));
  effects_.clear();
  machine.node->start(now(index), effects_);
  drain(index);
}

void VirtualNetwork::kill(std::size_t index) { machines_[index].running = false; }

void VirtualNetwork::restart(std::size_t index, std::uint32_t incarnation) {
  machines_[index].options.incarnation = incarnation;
  start(index);
}

void VirtualNetwork::stop(std::size_t index, const Bye& bye) {
  bool done = false;
  while (!done && machines_[index].running) {
    effects_.clear();
    done = node(index).stop(now(index), bye, effects_);
    drain(index);
  }
  kill(index);
}

void VirtualNetwork::resume(std::size_t index) {
  machines_[index].paused = false;
  schedule(index);
}

void VirtualNetwork::set_clock_rate(std::size_t index, double rate) {
  machines_[index].clock.set_rate(rate, now_);
  schedule(index);
}

void VirtualNetwork::suspend(std::size_t index, Duration span) {
  machines_[index].clock.jump(span);
  schedule(index);
}

void VirtualNetwork::replace_identity(std::size_t index) {
  machines_[index].values.reset();
  machines_[index].node.reset();
  give_key(machines_[index], next_key_seed());
}

void VirtualNetwork::settle_messages(std::size_t index) {
  Machine& machine = machines_[index];
  for (const SettledMessage& message : effects_.settled_messages()) {
    machine.settled.push_back(message);
    machine.values->handle_settled(message);
    if (message_settled) message_settled(index, message);
  }
  const std::vector<ReceivedMessage> received = effects_.received_messages();
  for (const ReceivedMessage& message : received) {
    machine.received.push_back(message);
    DataAck ack{message.number, DataOutcome::delivered, 1};
    if (const auto outcome = machine.values->handle_message(message)) {
      ack.outcome = *outcome;
    } else if (message_received) {
      ack = message_received(index, message);
    }
    effects_.clear();
    machine.node->settle(message.from, message.number, ack.outcome, ack.detail, effects_);
    drain(index);
  }
}

void VirtualNetwork::network_changed(std::size_t index) {
  node(index).handle_network_changed(now(index));
  schedule(index);
}

void VirtualNetwork::move(std::size_t index, const Endpoint& endpoint) {
  by_endpoint_.erase(machines_[index].endpoint);
  machines_[index].endpoint = endpoint;
  by_endpoint_[endpoint] = index;
}

// Effects may make the node due again at once; resolving a bootstrap host is answered on the spot.
void VirtualNetwork::drain(std::size_t index) {
  Machine& machine = machines_[index];
  if (effects_.store_keys_due() && machine.keeps_keys) {
    machine.options.keys = machine.node->keyring().contents();
    machine.options.known = machine.node->known(now(index));
  }
  for (const ExpiredValue& expired : effects_.expired_values()) {
    machine.node->hold(expired.origin, expired.key, expired.value);
  }
  for (const CoreEvent& event : effects_.events()) {
    machine.events.push_back(event);
    machine.values->handle_event(event);
  }
  for (const Effects::Datagram& datagram : effects_.datagrams()) {
    if (machine.sends_left && (*machine.sends_left)-- == 0) {
      kill(index);
      break;
    }
    const ByteView bytes = effects_.bytes(datagram);
    if (machine.send_errors.refuses(datagram.to, bytes.size(), now_)) continue;
    bytes_of_core = bytes.size();
    if (rewrite) {
      emit(index, datagram, rewrite(index, bytes));
    } else {
      emit(index, datagram, bytes);
    }
  }
  if (machine.running && effects_.persist_due() && persist) persist(index);
  if (!machine.running) {  // it died on the way, or was stopped
    if (after_input) after_input(index);
    return;
  }
  const std::vector<std::size_t> resolve = effects_.bootstraps_to_resolve();
  settle_messages(index);
  if (!machine.running) return;
  effects_.clear();
  for (const std::size_t bootstrap : resolve) {
    const Endpoint at = machines_[bootstraps_[index][bootstrap]].endpoint;
    machine.node->handle_resolved(now(index), bootstrap, {at}, effects_);
  }
  if (!resolve.empty()) drain(index);
  schedule(index);
  if (after_input) after_input(index);
}

void VirtualNetwork::emit(std::size_t from, const Effects::Datagram& datagram, ByteView bytes) {
  ++datagrams_sent;
  bytes_sent += bytes.size();
  if (filter && !filter(from, datagram.to, bytes)) return;
  if (!datagram.multicast) {
    const auto to = by_endpoint_.find(datagram.to);
    if (to != by_endpoint_.end()) send(from, to->second, bytes, false);
    return;
  }
  ++multicasts_sent;
  for (std::size_t to = 0; to < machines_.size(); ++to) {
    if (options.multicast) send(from, to, bytes, true);
  }
}

void VirtualNetwork::send(std::size_t from, std::size_t to, ByteView bytes, bool multicast) {
  const auto& cut_too = multicast ? cut_multicast : cut_unicast;
  if (cut.contains({from, to}) || cut_too.contains({from, to})) return;
  arriving_.clear();
  link_.carry(options,
              {now_, 0, to, machines_[from].endpoint, multicast, Bytes(bytes.begin(), bytes.end())},
              now_, from == to, arriving_);
  for (InFlight& datagram : arriving_) {
    datagram.order = next_order_++;
    in_flight_.push(std::move(datagram));
  }
}

void VirtualNetwork::inject(std::size_t to, const Endpoint& from, ByteView bytes, bool multicast) {
  deliver({now_, 0, to, from, multicast, Bytes(bytes.begin(), bytes.end())});
}

void VirtualNetwork::post(std::size_t to, const Endpoint& from, ByteView bytes, bool multicast,
                          Duration delay) {
  in_flight_.push(
      {now_ + delay, next_order_++, to, from, multicast, Bytes(bytes.begin(), bytes.end())});
}

void VirtualNetwork::deliver(const InFlight& datagram) {
  Machine& machine = machines_[datagram.to];
  if (!machine.running || machine.paused) return;
  if (delivering) delivering(datagram);
  if (arriving) arriving(datagram.to, datagram.from, datagram.bytes);
  const Arrival arrival{datagram.from, datagram.multicast, "eth0"};
  effects_.clear();
  machine.node->handle_datagram(now(datagram.to), arrival, datagram.bytes, effects_);
  drain(datagram.to);
}

Instant VirtualNetwork::due_of(const Machine& machine) const {
  // What is due at once has a deadline that can be noted: Machine::noted is 0 for none.
  const Instant values = std::max(machine.values->next_deadline(), Instant(Duration(1)));
  return machine.clock.world(std::min(machine.node->next_deadline(), values));
}

void VirtualNetwork::schedule(std::size_t index) {
  Machine& machine = machines_[index];
  if (!machine.running || machine.paused) return;
  const Instant due = due_of(machine);
  if (due == kNever || due == machine.noted) return;
  machine.noted = due;
  timers_.push({due, index});
}

// The earliest deadline that still holds, at the top of timers_.
Instant VirtualNetwork::next_timer() {
  while (!timers_.empty()) {
    const Timer timer = timers_.top();
    Machine& machine = machines_[timer.index];
    const bool active = machine.running && !machine.paused;
    if (active && due_of(machine) == timer.due) return timer.due;
    if (machine.noted == timer.due) machine.noted = {};
    timers_.pop();  // it was noted anew when it changed
  }
  return kNever;
}

// A node may be due again at once, to go on with a fan-out, but not for ever.
void VirtualNetwork::call_timeout(std::size_t index) {
  constexpr int kSpinsMax = 100;
  Machine& machine = machines_[index];
  timers_.pop();
  machine.noted = {};
  if (machine.values->next_deadline() <= now(index)) return serve_values(index);
  effects_.clear();
  machine.node->handle_timeout(now(index), effects_);
  machine.spins = machine.node->next_deadline() <= now(index) ? machine.spins + 1 : 0;
  DSN_CHECK(machine.spins < kSpinsMax);
  drain(index);
}

// The next thing that happens, if it is not later than `until`.
bool VirtualNetwork::step(Instant until) {
  const Instant arrival = in_flight_.empty() ? kNever : in_flight_.top().due;
  const Instant timer = next_timer();
  if (std::min(arrival, timer) > until) return false;
  now_ = std::max(now_, std::min(arrival, timer));
  if (timer < arrival) {
    call_timeout(timers_.top().index);
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

/// A condition over many nodes costs more than what happens within so short a time.
constexpr Duration kAskEvery = std::chrono::milliseconds(1);

bool VirtualNetwork::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant until = now_ + limit;
  Instant ask_at = now_;
  for (;;) {
    if (now_ >= ask_at) {
      if (condition()) return true;
      ask_at = now_ + kAskEvery;
    }
    if (!step(until)) {
      now_ = until;
      return condition();
    }
  }
}

std::optional<Value> VirtualNetwork::read(std::size_t reader, std::size_t owner,
                                          const std::string& key) const {
  const Node& at = *machines_[reader].node;
  const NodeId& id = machines_[owner].node->self().id();
  const EntryStore* store = nullptr;
  if (reader == owner) {
    store = &at.self().state().store();
  } else if (const Peer* peer = at.peers().find(id)) {
    store = &peer->copy.replica.store();
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
      if (peer == nullptr || peer->life.state != PeerState::live) return false;
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
