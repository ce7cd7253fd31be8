// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <utility>

#include "crypto/entropy.hpp"
#include "dsn/version.hpp"
#include "node/clock.hpp"
#include "node/log.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"

namespace dsn::agent {
namespace {

constexpr Duration kReopenInterval = 5s;

std::uint64_t random_number() {
  std::uint64_t number = 0;
  std::array<std::uint8_t, sizeof number> bytes{};
  crypto::random_bytes(bytes);
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

node::SavedState load_saved(crypto::PsaCrypto& crypto, const node::Credentials& credentials) {
  Result<node::SavedState> state =
      node::load_state(crypto, credentials.directory, credentials.identity.id);
  if (!state) {
    node::log_warning("{}; starting without it", state.error());
    return {};
  }
  for (const node::SavedPeer& peer : state->peers) {
    if (peer.secret) crypto.remember(peer.key, *peer.secret);
  }
  return std::move(state).value();
}

}  // namespace

Agent::Agent(asio::io_context& io, config::Config config, node::Credentials credentials,
             ServiceNotifier& service)
    : io_(io),
      config_(std::move(config)),
      credentials_(std::move(credentials)),
      service_(service),
      started_(node::now()),
      crypto_(credentials_.identity),
      saved_(load_saved(crypto_, credentials_)),
      node_(crypto_, node_options(), started_),
      keeper_(crypto_, credentials_, [this] { return node::state_to_save(node_, saved_); }),
      driver_(io, node_, config_.bootstrap_nodes, *this),
      server_(io, *this),
      sampler_(io,
               [this](std::span<const core::Write> writes) {
                 const Result<std::uint64_t> version = driver_.commit(writes);
                 if (!version) node::log_error("readings refused: {}", version.error());
               }),
      hooks_(io,
             [this](const std::string& id, const std::string& key) {
               return node::reading(node_, id, key, node::now());
             }),
      reopen_timer_(io),
      save_timer_(io),
      watchdog_timer_(io),
      signals_(io, SIGTERM, SIGINT) {}

Agent::~Agent() = default;

core::NodeOptions Agent::node_options() const {
  core::NodeOptions options;
  options.name = config_.node_id;
  options.local_only = !credentials_.network_key.has_value();
  if (credentials_.network_key) options.network_key = *credentials_.network_key;
  // protocol.md [sid-random]
  options.session = SessionId{std::max<std::uint64_t>(random_number(), 1)};
  crypto::random_bytes(options.beat_seed.mutable_view());
  options.incarnation = saved_.incarnation + 1;
  options.seed = random_number();
  options.multicast = config_.multicast;
  options.bootstrap_hosts = node::hosts_of(config_.bootstrap_nodes);
  options.remembered = node::remembered_endpoints(saved_);
  options.known = node::known_nodes(saved_);
  options.whitelist = config_.whitelist_node_ids;
  return options;
}

std::vector<config::Finding> Agent::add_sensors(const std::string& root) {
  system_root_ = root;
  return sampler_.configure(config_.sensors, root);
}

Result<void> Agent::start(const std::string& socket_path) {
  if (const Result<void> listening = server_.listen(socket_path); !listening) {
    return listening.failure();
  }
  await_signal();
  for (const std::string& warning : credentials_.warnings) node::log_warning("{}", warning);
  // protocol.md [incarnation-saved]
  // The raised incarnation is on disk before anybody hears of it.
  handle_persist();
  node::log_info("node {} ({}) starts, run {}, api {}", config_.node_id, node_.self().id().hex(),
                 node_.self().version().incarnation, socket_path);
  if (credentials_.network_key) {
    open_transport();
  } else {
    node::log_warning(
        "no network key: running local-only; run 'dsn init' or 'dsn join', or name one in "
        "{} as aes_key_file",
        config_.file);
  }
  hooks_.configure(config_.hooks, [this] { return node::present(node_, node::now()); });
  driver_.start(transport_ ? &*transport_ : nullptr);
  sampler_.start();
  service_.ready(node::now(), service_line());
  arm_watchdog();
  return {};
}

void Agent::open_transport() {
  net::TransportOptions options;
  options.port = config_.port;
  options.default_port = config::kDefaultPort;
  options.network_ip = config_.network_ip;
  options.multicast = config_.multicast;
  options.interfaces = config_.interfaces;
  options.group_ipv4 = core::multicast_group_ipv4(node_.network_id(), kMulticastPort);
  options.group_ipv6 = core::multicast_group_ipv6(node_.network_id(), kMulticastPort);
  if (!transport_) transport_.emplace(io_, options, driver_);
  const Result<void> opened = transport_->open();
  if (opened) {
    if (!transport_problem_.empty()) {
      transport_problem_.clear();
      driver_.handle_interfaces_changed();
    }
    node::log_info("network {} on port {}", to_hex(node_.network_id().bytes), transport_->port());
    return;
  }
  if (transport_problem_ != opened.error()) {
    transport_problem_ = opened.error();
    node::log_error("{}; trying again every 5 s", transport_problem_);
  }
  reopen_timer_.expires_after(kReopenInterval);
  reopen_timer_.async_wait([this](const std::error_code& error) { handle_reopen(error); });
}

void Agent::handle_reopen(const std::error_code& error) {
  if (!error) open_transport();
}

void Agent::await_signal() {
  signals_.async_wait(
      [this](const std::error_code& error, int signal) { handle_signal(error, signal); });
}

void Agent::handle_signal(const std::error_code& error, int signal) {
  if (error) return;
  node::log_info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  stop(wire::ByeReason::restarting);
}

// The answer to who asked for it goes out first.
void Agent::leave() {
  node::log_info("leaving the network, as asked for");
  asio::post(io_, [this] { stop(wire::ByeReason::leaving); });
}

// Everything that could keep the io_context running is cancelled; run() then returns.
void Agent::stop(wire::ByeReason reason) {
  service_.stopping(reason == wire::ByeReason::leaving ? "leaving the network" : "stopping");
  hooks_.stop();
  sampler_.stop();
  driver_.stop(reason);
  keeper_.save(node::now());
  if (transport_) transport_->close();
  server_.close();
  reopen_timer_.cancel();
  save_timer_.cancel();
  watchdog_timer_.cancel();
  signals_.cancel();
  io_.stop();
}

void Agent::arm_save() {
  if (keeper_.due() == kNever) return;
  save_timer_.expires_after(std::max(keeper_.due() - node::now(), Duration(0)));
  save_timer_.async_wait([this](const std::error_code& error) { handle_save(error); });
}

void Agent::handle_save(const std::error_code& error) {
  if (!error) handle_persist();
}

void Agent::handle_persist() {
  keeper_.save(node::now());
  arm_save();
}

void Agent::handle_event(const core::CoreEvent& event) {
  log_event(event);
  // An address or a name may be new.
  if (event.kind == core::CoreEvent::Kind::joined || event.kind == core::CoreEvent::Kind::live) {
    keeper_.note_change(node::now());
    arm_save();
  }
  if (!server_.has_subscribers() && hooks_.empty()) return;
  const auto shown = node::event(node_, event, node::now());
  if (!shown) return;
  if (server_.has_subscribers()) server_.publish(*shown);
  hooks_.handle_event(*shown);
}

void Agent::log_event(const core::CoreEvent& event) {
  const core::Peer* peer = node_.peers().find(event.origin);
  const std::string name = peer != nullptr ? peer->name : config_.node_id;
  switch (event.kind) {
    case core::CoreEvent::Kind::updated:
    case core::CoreEvent::Kind::removed:
      return;
    case core::CoreEvent::Kind::joined:
      node::log_info("node {} joined, at {} via {}", name,
                     peer != nullptr ? peer->endpoint.to_string() : "",
                     peer ? node::via_text(*peer) : "");
      return;
    case core::CoreEvent::Kind::live:
      node::log_info("node {} is heard again", name);
      return;
    case core::CoreEvent::Kind::late:
      node::log_info("node {} is late", name);
      return;
    case core::CoreEvent::Kind::gone:
      node::log_warning("node {} is gone", name);
      return;
    case core::CoreEvent::Kind::restarting:
      node::log_info("node {} is restarting", name);
      return;
    case core::CoreEvent::Kind::left:
      node::log_info("node {} left", name);
      return;
    case core::CoreEvent::Kind::conflict:
      if (peer == nullptr) return;
      node::log_warning("node {} turned up as {}; {} (see: dsn status)", event.origin.hex(), name,
                        node::conflict_reason(node_, *peer));
      return;
    case core::CoreEvent::Kind::clone:
      node::log_error(
          "another machine runs with the identity of this node (a copied SD card?): remove "
          "{}/node.key on one of them",
          credentials_.directory);
      return;
  }
}

void Agent::handle_counted() {
  causes_.look(node_.counters());
  tell_service_manager();
}

std::vector<Reading> Agent::read(const ReadQuery& query) {
  return node::readings(node_, query, node::now());
}

std::vector<NodeInfo> Agent::nodes() { return node::nodes(node_, node::now()); }

Result<std::uint64_t> Agent::set(const std::vector<SetRequest>& entries) {
  std::vector<core::Write> writes;
  for (const SetRequest& entry : entries) {
    core::Write write;
    write.key = entry.key;
    write.value = entry.value;
    write.unit = entry.unit;
    write.sampled = node::now();
    write.max_age = entry.max_age.value_or(std::chrono::milliseconds(0));
    writes.push_back(std::move(write));
  }
  return driver_.commit(writes);
}

Result<std::uint64_t> Agent::unset(const std::vector<std::string>& keys) {
  std::vector<core::Write> writes;
  std::uint64_t existed = 0;
  for (const std::string& key : keys) {
    if (node_.self().state().store().find(key) != nullptr) ++existed;
    core::Write write;
    write.kind = core::Write::Kind::unset;
    write.key = key;
    writes.push_back(std::move(write));
  }
  Result<std::uint64_t> version = driver_.commit(writes);
  if (!version) return version;
  return existed;
}

Result<ForgetOutcome> Agent::forget(const std::string& text) {
  const std::optional<NodeId> id = node::find_node(node_, text);
  if (!id) return ForgetOutcome::nothing;
  const core::Forgotten outcome = node_.forget(node::now(), *id);
  switch (outcome) {
    case core::Forgotten::is_unknown:
      return ForgetOutcome::nothing;
    case core::Forgotten::is_present:
    case core::Forgotten::is_self:
    case core::Forgotten::is_own_name:
      return Error{node::refusal_text(node_, *id, outcome)};
    case core::Forgotten::name_moved:
      node::log_info("the name of {} belongs to {} from now on, as asked for", text, id->hex());
      break;
    case core::Forgotten::done:
      node::log_info("node {} ({}) is forgotten, as asked for", text, id->hex());
      std::erase_if(saved_.peers, [&](const node::SavedPeer& peer) {
        return core::node_id_of(crypto_, peer.key) == *id;
      });
      break;
  }
  handle_persist();
  return outcome == core::Forgotten::done ? ForgetOutcome::forgotten : ForgetOutcome::name_moved;
}

std::vector<std::string> Agent::warnings() const {
  std::vector<std::string> all = credentials_.warnings;
  if (!credentials_.network_key) {
    all.push_back("no network key: running local-only; run 'dsn init' or 'dsn join'");
  }
  if (!transport_problem_.empty()) all.push_back(transport_problem_);
  if (!keeper_.problem().empty()) all.push_back("running on in memory: " + keeper_.problem());
  if (node_.clone_heard() != Instant{}) {
    all.push_back("another machine runs with the identity of this node (a copied SD card?)");
  }
  std::ranges::move(reload_warnings(), std::back_inserter(all));
  std::ranges::move(node::conflict_warnings(node_), std::back_inserter(all));
  std::ranges::move(causes_.warnings(node_.counters()), std::back_inserter(all));
  return all;
}

std::vector<std::pair<std::string, std::uint64_t>> Agent::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (std::size_t i = 0; i < std::size(core::kCounterNames); ++i) {
    all.emplace_back(core::kCounterNames[i], node_.counters().values()[i]);
  }
  all.emplace_back("events_lost", driver_.events_lost());
  if (transport_) std::ranges::move(transport_->counters(), std::back_inserter(all));
  const local::ServerCounters& api = server_.counters();
  all.emplace_back("api_connections", api.connections);
  all.emplace_back("api_requests", api.requests);
  all.emplace_back("api_malformed", api.malformed);
  all.emplace_back("api_refused", api.refused);
  all.emplace_back("api_subscribers_dropped", api.subscribers_dropped);
  return all;
}

AgentStatus Agent::status() {
  AgentStatus status;
  status.version = kVersion;
  status.node = config_.node_id;
  status.node_id = node_.self().id().hex();
  if (credentials_.network_key) status.network = to_hex(node_.network_id().bytes);
  status.config_file = config_.file;
  status.port = transport_ ? transport_->port() : 0;
  status.pid = static_cast<std::uint32_t>(getpid());
  status.incarnation = node_.self().version().incarnation;
  status.state_version = node_.self().version().version;
  status.uptime = std::chrono::milliseconds(to_ms(node::now() - started_));
  status.keys_held = static_cast<std::uint32_t>(node_.self().state().store().count());
  for (const auto& peer : node_.peers().all()) {
    if (peer->state == core::PeerState::met) continue;
    ++status.nodes_known;
    if (peer->reachable()) ++status.nodes_live;
    status.keys_held += static_cast<std::uint32_t>(peer->replica.store().count());
  }
  status.replica_bytes = node_.replica_bytes();
  if (transport_) status.interfaces = transport_->interfaces();
  status.sensors = sampler_.status();
  status.hooks = hooks_.status();
  status.counters = counters();
  status.warnings = warnings();
  return status;
}

}  // namespace dsn::agent
