// SPDX-License-Identifier: Apache-2.0
#include "node/node_runtime.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/big_endian.hpp"
#include "base/ports.hpp"
#include "crypto/entropy.hpp"
#include "crypto/keyring_file.hpp"
#include "crypto/speed.hpp"
#include "dsn/version.hpp"
#include "node/clock.hpp"
#include "node/readings_view.hpp"

namespace dsn::node {
namespace {

constexpr Duration kReopenInterval = 5s;

std::uint64_t random_number() {
  std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
  crypto::random_bytes(bytes);
  return get_big_endian<std::uint64_t>(bytes);
}

/// An empty state and `problem` if the one on disk cannot be used.
SavedState load_saved(crypto::PsaCrypto& crypto, const Credentials& credentials,
                      std::string& problem) {
  Result<SavedState> state = load_state(crypto, credentials.directory, credentials.identity.id);
  if (!state) {
    problem = state.error();
    return {};
  }
  for (const SavedPeer& peer : state->peers) {
    if (peer.secret) crypto.remember(peer.key, *peer.secret);
  }
  return std::move(state).value();
}

}  // namespace

NodeRuntime::NodeRuntime(asio::io_context& io, NodeSettings settings, Credentials credentials,
                         NodeListener& listener)
    : settings_(std::move(settings)),
      credentials_(std::move(credentials)),
      listener_(listener),
      started_(now()),
      crypto_(credentials_.identity),
      saved_(load_saved(crypto_, credentials_, load_problem_)),
      core_(crypto_, core_options(), started_),
      keeper_(crypto_, credentials_, [this] { return state_now(); }),
      driver_(io, core_, settings_.bootstrap_nodes, *this),
      reopen_timer_(io),
      own_keys_(
          {io, core_, driver_, [this](const std::string& key) { return listener_.sensor_of(key); },
           [this] { note_kept(); }},
          settings_.databases),
      fetcher_(
          io, core_, driver_,
          [this](const std::string& key, const ValueFetcher::Done& done) {
            listener_.sample(key, done);
          },
          [this](const std::string& key) { own_keys_.touch(key); }),
      save_timer_(io),
      calls_(core_.network_id(), random_number()),
      call_timer_(io) {
  if (!local_only()) transport_.emplace(io, transport_options(), driver_);
}

NodeRuntime::~NodeRuntime() = default;

core::NodeOptions NodeRuntime::core_options() {
  core::NodeOptions options;
  options.name = settings_.name;
  options.local_only = local_only();
  if (!local_only()) options.keys = load_keys();
  // protocol.md [sid-random]
  options.session = SessionId{std::max<std::uint64_t>(random_number(), 1)};
  crypto::random_bytes(options.beat_seed.mutable_view());
  options.incarnation = saved_.incarnation + 1;
  options.seed = random_number();
  if (!local_only()) {
    options.public_key_operations_per_second = crypto::public_key_operations_per_second(crypto_);
  }
  options.multicast = settings_.multicast;
  options.observer = settings_.observer;
  if (settings_.mail_rate) {
    options.mail_frames_per_second = static_cast<double>(*settings_.mail_rate);
  }
  if (wire::is_program_version(kVersion)) options.program = kVersion;
  options.bootstrap_hosts = hosts_of(settings_.bootstrap_nodes);
  options.remembered = remembered_endpoints(saved_);
  options.known = known_nodes(saved_);
  options.whitelist = settings_.whitelist;
  options.expected = settings_.expected;
  if (settings_.retain) options.retain = *settings_.retain;
  return options;
}

core::KeyringContents NodeRuntime::load_keys() {
  const crypto::NetworkAccess& access = *credentials_.network_key;
  auto stored = crypto::load_keyring(credentials_.directory);
  if (!stored) {
    keys_problem_ = stored.error();
    return crypto::newest_of(access, std::nullopt);
  }
  core::KeyringContents keys = crypto::newest_of(access, *stored);
  if (credentials_.next_key) keys.keys.push_back({core::kFirstKeyEpoch, *credentials_.next_key});
  return keys;
}

net::TransportOptions NodeRuntime::transport_options() const {
  net::TransportOptions options;
  options.port = settings_.port;
  options.default_port = kDefaultPort;
  options.network_ip = settings_.network_ip;
  options.multicast = settings_.multicast;
  options.interfaces = settings_.interfaces;
  options.group_ipv4 = core::multicast_group_ipv4(core_.network_id(), kMulticastPort);
  options.group_ipv6 = core::multicast_group_ipv6(core_.network_id(), kMulticastPort);
  return options;
}

void NodeRuntime::start() {
  // protocol.md [incarnation-saved]
  // The raised incarnation is on disk before another node hears of it.
  handle_persist();
  if (transport_) open_transport();
  own_keys_.start(saved_.kept);
  driver_.start(transport_ ? &*transport_ : nullptr);
  if (!transport_) return;
  calls_.start(now());
  arm_calls();
}

void NodeRuntime::stop(const wire::Bye& bye) {
  driver_.stop(bye);
  save();
  if (transport_) transport_->close();
  reopen_timer_.cancel();
  save_timer_.cancel();
  call_timer_.cancel();
  own_keys_.stop();
  fetcher_.stop();
  credentials_.lock.release();
  alive_.renew();
}

void NodeRuntime::note_kept() {
  keeper_.note_kept_change(now());
  arm_save();
}

SavedState NodeRuntime::state_now() const {
  SavedState state = state_to_save(core_, saved_, now());
  state.kept = own_keys_.kept();
  return state;
}

core::Forgotten NodeRuntime::forget(const NodeId& id) {
  const core::Forgotten outcome = core_.forget(now(), id);
  const bool erased = outcome == core::Forgotten::done;
  if (erased) {
    std::erase_if(saved_.peers,
                  [&](const SavedPeer& peer) { return core::node_id_of(crypto_, peer.key) == id; });
  }
  if (erased || outcome == core::Forgotten::name_moved) handle_persist();
  return outcome;
}

void NodeRuntime::set_bootstraps(const std::vector<BootstrapNode>& bootstraps) {
  driver_.set_bootstraps(bootstraps);
}

void NodeRuntime::set_expected(std::vector<std::string> names) {
  driver_.set_expected(std::move(names));
}

void NodeRuntime::set_retain(std::optional<std::chrono::milliseconds> retain) {
  driver_.set_retain(retain ? *retain : core::kRetain);
}

void NodeRuntime::set_interfaces(std::vector<std::string> names) {
  if (transport_) transport_->set_interfaces(std::move(names));
}

std::vector<InterfaceStatus> NodeRuntime::interfaces() const {
  if (!transport_) return {};
  return transport_->interfaces();
}

std::vector<std::pair<std::string, std::uint64_t>> NodeRuntime::counters() const {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (std::size_t i = 0; i < std::size(core::kCounterNames); ++i) {
    all.emplace_back(core::kCounterNames[i], core_.counters().values()[i]);
  }
  all.emplace_back("events_lost", driver_.events_lost());
  if (transport_) std::ranges::move(transport_->counters(), std::back_inserter(all));
  return all;
}

void NodeRuntime::open_transport() {
  const Result<void> opened = transport_->open();
  if (opened) {
    const bool was_offline = !network_problem_.empty();
    network_problem_.clear();
    if (was_offline) driver_.handle_interfaces_changed();
    listener_.handle_notice(Notice::online);
    if (!port_problem().empty()) reopen_later();
    return;
  }
  const bool is_new = network_problem_ != opened.error();
  network_problem_ = opened.error();
  if (is_new) listener_.handle_notice(Notice::offline);
  reopen_later();
}

void NodeRuntime::reopen_later() {
  reopen_timer_.expires_after(kReopenInterval);
  reopen_timer_.async_wait(alive_.guard(this, &NodeRuntime::handle_reopen));
}

void NodeRuntime::handle_reopen(const std::error_code& error) {
  if (error) return;
  if (transport_->port() == 0) return open_transport();
  if (!transport_->take_default_port()) return reopen_later();
  driver_.handle_interfaces_changed();
  listener_.handle_notice(Notice::online);
}

void NodeRuntime::save() {
  if (keys_unsaved_) store_keys();
  switch (keeper_.save(now())) {
    case SaveChange::none:
      return;
    case SaveChange::failed:
      return listener_.handle_notice(Notice::not_saved);
    case SaveChange::recovered:
      return listener_.handle_notice(Notice::saved_again);
  }
}

void NodeRuntime::store_keys() {
  const auto stored = crypto::save_keyring(credentials_.directory, core_.keyring().contents());
  keys_problem_ = stored ? "" : stored.error();
  keys_unsaved_ = !stored;
}

void NodeRuntime::arm_save() {
  if (keeper_.due() == kNever) return;
  save_timer_.expires_after(std::max(keeper_.due() - now(), Duration(0)));
  save_timer_.async_wait(alive_.guard(this, &NodeRuntime::handle_save));
}

void NodeRuntime::handle_save(const std::error_code& error) {
  if (!error) handle_persist();
}

void NodeRuntime::call_networks() {
  if (!transport_) return;
  calls_.ask(now());
  arm_calls();
}

void NodeRuntime::handle_call(const net::Received& received) {
  const auto call = wire::decode_network_call(received.bytes);
  if (!call) return;
  calls_.handle(*call, received.from, received.interface_name, now());
  arm_calls();
}

void NodeRuntime::arm_calls() {
  call_timer_.expires_after(std::max(calls_.next_deadline() - now(), Duration(0)));
  call_timer_.async_wait(alive_.guard(this, &NodeRuntime::handle_call_due));
}

void NodeRuntime::handle_call_due(const std::error_code& error) {
  if (error) return;
  const std::size_t nodes = core_.peers().members().all().size() + 1;
  if (const auto call = calls_.handle_timeout(nodes, now())) {
    transport_->call(wire::encode_network_call(*call));
  }
  arm_calls();
}

void NodeRuntime::handle_persist() {
  save();
  arm_save();
}

// The nodes for which a former key is good are kept with it: a node that forgot them would take
// them for strangers.
void NodeRuntime::handle_store_keys() {
  store_keys();
  keeper_.note_kept_change(now());
  handle_persist();
}

void NodeRuntime::fetch(const FetchRequest& request,
                        std::function<void(const Result<Reading>&)> done) {
  const auto ids = find_nodes(core_, request.node, now());
  const auto id = ids.empty() ? std::nullopt : std::optional(ids.front());
  const auto here = [this, id, key = request.key] {
    return id ? find_reading(core_, *id, key, now()) : std::nullopt;
  };
  if (!here()) {
    return done(Error{"there is no key '" + request.key + "' of a node '" + request.node + "'",
                      ErrorCode::not_found});
  }
  const OwnedKey owned = owned_key(core_, *id, request.key, now());
  if (owned.owner == core_.self().id()) own_keys_.touch(owned.key);
  const auto finish = [here, done = std::move(done)](const Result<void>& result) {
    if (!result) return done(result.failure());
    const std::optional<Reading> reading = here();
    if (!reading) return done(Error{"the key is gone", ErrorCode::not_found});
    done(*reading);
  };
  if (request.fresh) return fetcher_.sample(owned.owner, owned.key, request.timeout, finish);
  fetcher_.fetch(owned.owner, owned.key, request.timeout, finish);
}

MessageVerdict NodeRuntime::handle_message(const core::ReceivedMessage& message) {
  const auto verdict = fetcher_.handle_message(message);
  return verdict ? *verdict : listener_.handle_message(message);
}

void NodeRuntime::handle_settled(const core::SettledMessage& message) {
  fetcher_.handle_settled(message);
  listener_.handle_settled(message);
}

void NodeRuntime::handle_event(const core::CoreEvent& event) {
  fetcher_.handle_event(event);
  listener_.handle_event(event);
  using Kind = core::CoreEvent::Kind;
  // An address or a name may be new, or somebody is not to be looked for after the next start.
  if (event.kind == Kind::joined || event.kind == Kind::live || event.kind == Kind::left ||
      event.kind == Kind::asleep) {
    keeper_.note_change(now());
    arm_save();
  }
}

void NodeRuntime::handle_counted() { listener_.handle_counted(); }

}  // namespace dsn::node
