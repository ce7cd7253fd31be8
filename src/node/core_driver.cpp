// SPDX-License-Identifier: Apache-2.0
#include "node/core_driver.hpp"

#include <utility>

#include "node/clock.hpp"

namespace dsn::node {
namespace {

// The core may be due again at once, with the rest of a large fan-out. After this many calls the
// sockets get their turn.
constexpr int kCallsInARow = 16;
// The timer wakes at least this often: a timer of years would overflow.
constexpr Duration kTimerMax = 1h;

std::vector<BootstrapLookup> not_looked_up(const std::vector<BootstrapNode>& bootstraps) {
  std::vector<BootstrapLookup> all;
  for (const BootstrapNode& node : bootstraps) all.push_back({.node = node, .since = now()});
  return all;
}

}  // namespace

std::vector<std::string> hosts_of(const std::vector<BootstrapNode>& bootstraps) {
  std::vector<std::string> hosts;
  for (const BootstrapNode& node : bootstraps) hosts.push_back(node.address);
  return hosts;
}

CoreDriver::CoreDriver(asio::io_context& io, core::Node& node,
                       const std::vector<BootstrapNode>& bootstraps, CoreListener& listener)
    : node_(node),
      bootstraps_(not_looked_up(bootstraps)),
      listener_(listener),
      resolver_(io),
      timer_(io) {}

void CoreDriver::start(net::Transport* transport) {
  transport_ = transport;
  if (transport_ != nullptr) node_.set_links(transport_->links(), now());
  effects_.clear();
  node_.start(now(), effects_);
  drain();
  run_due();
}

Result<std::uint64_t> CoreDriver::commit(std::span<const core::Write> writes) {
  effects_.clear();
  Result<std::uint64_t> version = node_.commit(now(), writes, effects_);
  drain();
  run_due();
  return version;
}

Result<std::vector<std::uint64_t>> CoreDriver::send(std::span<const NodeId> to,
                                                    const wire::AppMessage& message,
                                                    Duration patience) {
  effects_.clear();
  auto numbers = node_.send(now(), to, message, patience, effects_);
  drain();
  run_due();
  return numbers;
}

core::Keyring::Verdict CoreDriver::rotate(const wire::KeyMessage& message) {
  effects_.clear();
  const core::Keyring::Verdict verdict = node_.rotate(now(), message, effects_);
  drain();
  run_due();
  return verdict;
}

void CoreDriver::say_hello() {
  node_.say_hello(now());
  run_due();
}

void CoreDriver::set_bootstraps(const std::vector<BootstrapNode>& bootstraps) {
  bootstraps_ = not_looked_up(bootstraps);
  node_.set_bootstraps(now(), hosts_of(bootstraps));
  run_due();
}

void CoreDriver::set_expected(std::vector<std::string> names) {
  node_.set_expected(now(), std::move(names));
  run_due();
}

void CoreDriver::set_retain(Duration retain) {
  node_.set_retain(now(), retain);
  run_due();
}

void CoreDriver::stop(const wire::Bye& bye) {
  bool told_all = false;
  while (!told_all) {
    effects_.clear();
    told_all = node_.stop(now(), bye, effects_);
    drain();
  }
  timer_.cancel();
  resolver_.reset();
  alive_.renew();
}

void CoreDriver::handle_batch_end() {
  batch_under_way_ = false;
  listener_.handle_batch_end();
}

void CoreDriver::handle_datagram(const net::Received& received) {
  batch_under_way_ = true;
  effects_.clear();
  const core::Arrival arrival{received.from, received.multicast, received.interface_name};
  node_.handle_datagram(now(), arrival, received.bytes, effects_);
  drain();
  run_due();
}

void CoreDriver::handle_interfaces_changed() {
  if (transport_ != nullptr) node_.set_links(transport_->links(), now());
  node_.handle_network_changed(now());
  run_due();
}

void CoreDriver::drain() {
  // protocol.md [key-stored]
  if (effects_.store_keys_due()) listener_.handle_store_keys();
  send_datagrams();
  for (const core::ExpiredValue& expired : effects_.expired_values()) {
    node_.hold(expired.origin, expired.key, expired.value);
  }
  for (const core::CoreEvent& event : effects_.events()) listener_.handle_event(event);
  if (effects_.persist_due()) listener_.handle_persist();
  listener_.handle_counted();
  resolve_bootstraps();
  tell_of_messages();
}

// The acknowledgements are effects of calls of their own.
void CoreDriver::tell_of_messages() {
  for (const core::SettledMessage& message : effects_.settled_messages()) {
    listener_.handle_settled(message);
  }
  if (effects_.received_messages().empty()) return;
  const std::vector<core::ReceivedMessage> received = effects_.received_messages();
  for (const core::ReceivedMessage& message : received) {
    const MessageVerdict verdict = listener_.handle_message(message);
    effects_.clear();
    node_.settle(message.from, message.number, verdict.outcome, verdict.listeners, effects_);
    send_datagrams();
  }
}

void CoreDriver::send_datagrams() {
  if (transport_ == nullptr || effects_.datagrams().empty()) return;
  outgoing_.clear();
  for (const core::Effects::Datagram& datagram : effects_.datagrams()) {
    outgoing_.push_back({datagram.multicast, datagram.to, effects_.bytes(datagram)});
  }
  transport_->send(outgoing_);
}

void CoreDriver::resolve_bootstraps() {
  // A copy, because an address needs no thread and may be answered at once.
  const std::vector<std::size_t> wanted = effects_.bootstraps_to_resolve();
  if (!resolver_) return;
  for (const std::size_t index : wanted) {
    const BootstrapNode bootstrap = bootstraps_[index].node;
    resolver_->resolve(bootstrap.address, bootstrap.port,
                       [this, index, bootstrap](const Result<std::vector<Endpoint>>& endpoints) {
                         handle_resolved(index, bootstrap, endpoints);
                       });
  }
}

void CoreDriver::handle_resolved(std::size_t index, const BootstrapNode& asked,
                                 const Result<std::vector<Endpoint>>& endpoints) {
  // set_bootstraps() may have been called in the meantime.
  if (index >= bootstraps_.size() || bootstraps_[index].node != asked) return;
  bootstraps_[index].problem = endpoints ? "" : endpoints.error();
  if (!endpoints) return;  // the core tries again
  bootstraps_[index].endpoints = *endpoints;
  effects_.clear();
  node_.handle_resolved(now(), index, *endpoints, effects_);
  drain();
  run_due();
}

void CoreDriver::run_due() {
  for (int i = 0; i < kCallsInARow && node_.next_deadline() <= now(); ++i) {
    effects_.clear();
    node_.handle_timeout(now(), effects_);
    drain();
  }
  arm();
}

void CoreDriver::arm() {
  const Instant due = node_.next_deadline();
  if (due == armed_for_ && due > now()) return;
  armed_for_ = due;
  if (due == kNever) {
    timer_.cancel();
    return;
  }
  const Duration wait = std::clamp(due - now(), Duration(0), Duration(kTimerMax));
  timer_.expires_after(wait);
  timer_.async_wait(alive_.guard(this, &CoreDriver::handle_timer));
}

void CoreDriver::handle_timer(const std::error_code& error) {
  if (error) return;  // armed again, or stopped
  armed_for_ = kNever;
  run_due();
}

}  // namespace dsn::node
