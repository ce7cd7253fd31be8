// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>
#include <utility>

#include "agent/log.hpp"
#include "crypto/entropy.hpp"
#include "dsn/version.hpp"
#include "node/clock.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"

namespace dsn::agent {
namespace {

constexpr Duration kReopenInterval = 5s;

std::uint64_t random_number() {
  std::uint64_t number = 0;
  std::array<std::uint8_t, sizeof number> bytes{};
  random_bytes(bytes);
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return number;
}

SavedState load_saved(PsaCrypto& crypto, const Credentials& credentials) {
  Result<SavedState> state = load_state(crypto, credentials.directory, credentials.identity.id);
  if (!state) {
    log_warning("{}; starting without it", state.error());
    return {};
  }
  for (const SavedPeer& peer : state->peers) {
    if (peer.secret) crypto.remember(peer.key, *peer.secret);
  }
  return std::move(state).value();
}

}  // namespace

Agent::Agent(asio::io_context& io, config::Config config, Credentials credentials,
             ServiceNotifier& service)
    : io_(io),
      config_(std::move(config)),
      credentials_(std::move(credentials)),
      service_(service),
      started_(now()),
      crypto_(credentials_.identity),
      saved_(load_saved(crypto_, credentials_)),
      node_(crypto_, node_options(), started_),
      keeper_(crypto_, credentials_, [this] { return state_to_save(node_, saved_); }),
      driver_(io, node_, config_.bootstrap_nodes, *this),
      server_(io, *this),
      sampler_(io,
               [this](std::span<const Write> writes) {
                 const Result<std::uint64_t> version = driver_.commit(writes);
                 if (!version) log_error("readings refused: {}", version.error());
               }),
      hooks_(io, [this](const std::string& id,
                        const std::string& key) { return reading(node_, id, key, now()); }),
      reopen_timer_(io),
      save_timer_(io),
      watchdog_timer_(io),
      signals_(io, SIGTERM, SIGINT) {}

Agent::~Agent() = default;

NodeOptions Agent::node_options() const {
  NodeOptions options;
  options.name = config_.node_id;
  options.local_only = !credentials_.network_key.has_value();
  if (credentials_.network_key) options.network_key = *credentials_.network_key;
  // protocol.md [sid-random]
  options.session = SessionId{std::max<std::uint64_t>(random_number(), 1)};
  random_bytes(options.beat_seed.mutable_view());
  options.incarnation = saved_.incarnation + 1;
  options.seed = random_number();
  options.multicast = config_.multicast;
  options.bootstrap_hosts = hosts_of(config_.bootstrap_nodes);
  options.remembered = remembered_endpoints(saved_);
  options.known = known_nodes(saved_);
  options.whitelist = config_.whitelist_node_ids;
  return options;
}

std::vector<config::Finding> Agent::add_sensors(const std::string& root) {
  system_root_ = root;
  return sampler_.configure(config_.sensors, root);
}

Result<void> Agent::start(const std::string& socket_path) {
  if (const Result<void> listening = server_.listen(socket_path); !listening) {
    return Error{listening.error()};
  }
  await_signal();
  for (const std::string& warning : credentials_.warnings) log_warning("{}", warning);
  // protocol.md [incarnation-saved]
  // The raised incarnation is on disk before anybody hears of it.
  handle_persist();
  log_info("node {} ({}) starts, run {}, api {}", config_.node_id, node_.self().id().hex(),
           node_.self().version().incarnation, socket_path);
  if (credentials_.network_key) {
    open_transport();
  } else {
    log_warning(
        "no network key: running local-only; run 'dsn init' or 'dsn join', or name one in "
        "{} as aes_key_file",
        config_.file);
  }
  hooks_.configure(config_.hooks, [this] { return present(node_, now()); });
  driver_.start(transport_ ? &*transport_ : nullptr);
  sampler_.start();
  service_.ready(now(), service_line());
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
  options.group_ipv4 = multicast_group_ipv4(node_.network_id(), kMulticastPort);
  options.group_ipv6 = multicast_group_ipv6(node_.network_id(), kMulticastPort);
  if (!transport_) transport_.emplace(io_, options, driver_);
  const Result<void> opened = transport_->open();
  if (opened) {
    if (!transport_problem_.empty()) {
      transport_problem_.clear();
      driver_.handle_interfaces_changed();
    }
    log_info("network {} on port {}", to_hex(node_.network_id().bytes), transport_->port());
    return;
  }
  if (transport_problem_ != opened.error()) {
    transport_problem_ = opened.error();
    log_error("{}; trying again every 5 s", transport_problem_);
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
  log_info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  stop(ByeReason::restarting);
}

// The answer to who asked for it goes out first.
void Agent::leave() {
  log_info("leaving the network, as asked for");
  asio::post(io_, [this] { stop(ByeReason::leaving); });
}

// Everything that could keep the io_context running is cancelled; run() then returns.
void Agent::stop(ByeReason reason) {
  service_.stopping(reason == ByeReason::leaving ? "leaving the network" : "stopping");
  hooks_.stop();
  sampler_.stop();
  driver_.stop(reason);
  keeper_.save(now());
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
  save_timer_.expires_after(std::max(keeper_.due() - now(), Duration(0)));
  save_timer_.async_wait([this](const std::error_code& error) { handle_save(error); });
}

void Agent::handle_save(const std::error_code& error) {
  if (!error) handle_persist();
}

void Agent::handle_persist() {
  keeper_.save(now());
  arm_save();
}

void Agent::handle_event(const CoreEvent& event) {
  log_event(event);
  // An address or a name may be new.
  if (event.kind == CoreEvent::Kind::joined || event.kind == CoreEvent::Kind::live) {
    keeper_.note_change(now());
    arm_save();
  }
  if (!server_.has_subscribers() && hooks_.empty()) return;
  const auto shown = agent::event(node_, event, now());
  if (!shown) return;
  if (server_.has_subscribers()) server_.publish(*shown);
  hooks_.handle_event(*shown);
}

void Agent::log_event(const CoreEvent& event) {
  const Peer* peer = node_.peers().find(event.origin);
  const std::string name = peer != nullptr ? peer->name : config_.node_id;
  switch (event.kind) {
    case CoreEvent::Kind::updated:
    case CoreEvent::Kind::removed:
      return;
    case CoreEvent::Kind::joined:
      log_info("node {} joined, at {} via {}", name,
               peer != nullptr ? peer->endpoint.to_string() : "", peer ? via_text(*peer) : "");
      return;
    case CoreEvent::Kind::live:
      log_info("node {} is heard again", name);
      return;
    case CoreEvent::Kind::late:
      log_info("node {} is late", name);
      return;
    case CoreEvent::Kind::gone:
      log_warning("node {} is gone", name);
      return;
    case CoreEvent::Kind::restarting:
      log_info("node {} is restarting", name);
      return;
    case CoreEvent::Kind::left:
      log_info("node {} left", name);
      return;
    case CoreEvent::Kind::conflict:
      if (peer == nullptr) return;
      log_warning("node {} turned up as {}; {} (see: dsn status)", event.origin.hex(), name,
                  conflict_reason(node_, *peer));
      return;
    case CoreEvent::Kind::clone:
      log_error(
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

std::vector<Reading> Agent::read(const ReadQuery& query) { return readings(node_, query, now()); }

std::vector<NodeInfo> Agent::nodes() { return agent::nodes(node_, now()); }

Result<std::uint64_t> Agent::set(const std::vector<SetRequest>& entries) {
  std::vector<Write> writes;
  for (const SetRequest& entry : entries) {
    Write write;
    write.key = entry.key;
    write.value = entry.value;
    write.unit = entry.unit;
    write.sampled = now();
    write.max_age = entry.max_age.value_or(std::chrono::milliseconds(0));
    writes.push_back(std::move(write));
  }
  return driver_.commit(writes);
}

Result<std::uint64_t> Agent::unset(const std::vector<std::string>& keys) {
  std::vector<Write> writes;
  std::uint64_t existed = 0;
  for (const std::string& key : keys) {
    if (node_.self().state().store().find(key) != nullptr) ++existed;
    Write write;
    write.kind = Write::Kind::unset;
    write.key = key;
    writes.push_back(std::move(write));
  }
  Result<std::uint64_t> version = driver_.commit(writes);
  if (!version) return version;
  return existed;
}

Result<ForgetOutcome> Agent::forget(const std::string& text) {
  const std::optional<NodeId> id = find_node(node_, text);
  if (!id) return ForgetOutcome::nothing;
  const Forgotten outcome = node_.forget(now(), *id);
  switch (outcome) {
    case Forgotten::is_unknown:
      return ForgetOutcome::nothing;
    case Forgotten::is_present:
    case Forgotten::is_self:
    case Forgotten::is_own_name:
      return Error{refusal_text(node_, *id, outcome)};
    case Forgotten::name_moved:
      log_info("the name of {} belongs to {} from now on, as asked for", text, id->hex());
      break;
    case Forgotten::done:
      log_info("node {} ({}) is forgotten, as asked for", text, id->hex());
      std::erase_if(saved_.peers,
                    [&](const SavedPeer& peer) { return node_id_of(crypto_, peer.key) == *id; });
      break;
  }
  handle_persist();
  return outcome == Forgotten::done ? ForgetOutcome::forgotten : ForgetOutcome::name_moved;
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
  std::ranges::move(conflict_warnings(node_), std::back_inserter(all));
  std::ranges::move(causes_.warnings(node_.counters()), std::back_inserter(all));
  return all;
}

std::vector<std::pair<std::string, std::uint64_t>> Agent::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (std::size_t i = 0; i < std::size(kCounterNames); ++i) {
    all.emplace_back(kCounterNames[i], node_.counters().values()[i]);
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
  status.uptime = std::chrono::milliseconds(to_ms(now() - started_));
  status.keys_held = static_cast<std::uint32_t>(node_.self().state().store().count());
  for (const auto& peer : node_.peers().all()) {
    if (peer->state == PeerState::met) continue;
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
