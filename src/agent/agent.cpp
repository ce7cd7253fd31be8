// SPDX-License-Identifier: Apache-2.0
#include "agent/agent.hpp"

#include <algorithm>
#include <asio/post.hpp>
#include <csignal>
#include <utility>

#include "agent/log.hpp"
#include "base/duration.hpp"
#include "embedded/node_config.hpp"
#include "node/clock.hpp"
#include "node/key_view.hpp"
#include "node/node_labels.hpp"
#include "node/readings_view.hpp"

namespace dsn::agent {

Agent::Agent(asio::io_context& io, config::Config config, node::Credentials credentials,
             ServiceNotifier& notifier, std::string system_root)
    : io_(io),
      config_(std::move(config)),
      system_root_(std::move(system_root)),
      node_(io, embedded::node_settings(config_), std::move(credentials), *this),
      events_(node_),
      warning_log_(io, node_, status_),
      server_(io, *this),
      courier_(
          io, node_, [this](const Message& message) { return deliver(message); },
          [this] { return status_.warnings(); }),
      sampler_(io,
               [this](std::span<const core::Write> writes) {
                 const Result<std::uint64_t> version = node_.commit(writes);
                 if (!version) log_error("readings refused: {}", version.error());
               }),
      hooks_(io,
             {.tell_present =
                  [this](const auto& wants, const auto& tell) {
                    node::tell_present(node_.core(), node::now(), wants, tell);
                  },
              .reply =
                  [this](const std::string& ask, const Value& payload, const std::string& failure) {
                    asio::post(io_, [this, ask, payload, failure] {
                      (void)courier_.reply(ask, payload, failure);
                    });
                  }}),
      late_watch_(io, *this, [this](const NodeEvent& event) { tell(event); }),
      reloader_({config_, node_, sampler_, hooks_, system_root_}),
      status_({config_, node_, server_, sampler_, hooks_, reloader_}),
      doctor_(io, node_, courier_, [this] { return status_.warnings(); }),
      service_(io, notifier, node_, sampler_),
      signals_(io, SIGTERM, SIGINT) {
  if (!node_.load_problem().empty()) log_warning("{}; starting without it", node_.load_problem());
}

Agent::~Agent() = default;

std::vector<config::Finding> Agent::add_sensors() {
  return sampler_.configure(config_.sensors, system_root_);
}

Result<void> Agent::start(const std::string& socket_path) {
  if (Result<void> listening = server_.listen(socket_path); !listening) return listening;
  await_signal();
  events_.log_start(config_.file, socket_path);
  hooks_.configure(config_.hooks, config_.commands);
  if (!hooks_.empty()) late_watch_.start();
  node_.start();
  warning_log_.start();
  sampler_.start();
  service_.start();
  return {};
}

void Agent::await_signal() { signals_.async_wait(alive_.guard(this, &Agent::handle_signal)); }

void Agent::handle_signal(const std::error_code& error, int signal) {
  if (error) return;
  log_info("{}: stopping", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  stop(embedded::usual_bye(config_));
}

// The client that asked for it gets its answer first.
void Agent::leave() {
  log_info("leaving the network, as asked for");
  asio::post(io_, [this] { stop(wire::ByeReason::leaving); });
}

void Agent::fall_asleep(std::chrono::milliseconds silence) {
  log_info("asleep for {}, as asked for", duration_text(silence));
  const wire::Bye bye(wire::ByeReason::asleep, static_cast<std::uint64_t>(silence.count()));
  asio::post(io_, [this, bye] { stop(bye); });
}

// Everything that could keep the io_context running is cancelled; run() then returns.
void Agent::stop(const wire::Bye& bye) {
  service_.stop(bye.reason == wire::ByeReason::leaving ? "leaving the network" : "stopping");
  hooks_.stop();
  late_watch_.stop();
  warning_log_.stop();
  doctor_.stop();
  sampler_.stop();
  node_.stop(bye);
  courier_.stop();
  server_.close();
  signals_.cancel();
  io_.stop();
}

void Agent::handle_event(const core::CoreEvent& event) {
  events_.handle_event(event);
  if (!server_.has_subscribers() && hooks_.empty()) return late_watch_.stop();
  const auto described = node::describe_event(node_.core(), event, node::now());
  if (!described) return;
  tell(*described);
  late_watch_.handle_event(*described);
}

void Agent::tell(const NodeEvent& event) {
  server_.publish(event);
  hooks_.handle_event(event);
}

void Agent::handle_subscriber() { late_watch_.start(); }

void Agent::handle_notice(node::Notice notice) { events_.handle_notice(notice); }

void Agent::handle_counted() { service_.update(); }

node::MessageVerdict Agent::handle_message(const core::ReceivedMessage& message) {
  return courier_.handle_message(message);
}

// A message that no command of its name will take reaches nobody: it may be sent again.
node::MessageVerdict Agent::deliver(const Message& message) {
  using Outcome = wire::DataOutcome;
  const node::MessageVerdict taken = hooks_.handle_message(message);
  if (taken.outcome == Outcome::refused || taken.outcome == Outcome::busy) return taken;
  const std::uint64_t listeners = taken.listeners + server_.deliver(message);
  return {listeners > 0 ? Outcome::delivered : Outcome::nobody_listens, listeners};
}

void Agent::handle_settled(const core::SettledMessage& message) {
  courier_.handle_settled(message);
}

void Agent::send(const SendRequest& request, bool wants_reply, Sent done) {
  courier_.send(request, wants_reply, std::move(done));
}

void Agent::emit(const SendRequest& request, SentToAll done) {
  courier_.emit(request, std::move(done));
}

Result<void> Agent::reply(const std::string& ask, const std::optional<Value>& payload,
                          const std::string& failure) {
  return courier_.reply(ask, payload, failure);
}

std::vector<NodeId> Agent::find_nodes(const std::optional<std::string>& node) {
  return node::find_nodes(node_.core(), node, node::now());
}

std::optional<NodeInfo> Agent::node(const NodeId& id) {
  return node::find_info(node_.core(), id, node::now());
}

std::vector<std::string> Agent::keys(const NodeId& id) { return node::list_keys(node_.core(), id); }

std::optional<Reading> Agent::reading(const NodeId& id, const std::string& key) {
  return node::find_reading(node_.core(), id, key, node::now());
}

void Agent::fetch(const FetchRequest& request, Fetched done) {
  node_.fetch(request, std::move(done));
}

Result<SetReport> Agent::set(const std::vector<SetRequest>& entries, std::uint64_t connection) {
  const Result<std::uint64_t> version = node_.set(entries, connection);
  if (!version) return version.failure();
  return SetReport{*version, node_.settings().name};
}

Result<std::uint64_t> Agent::unset(const std::vector<std::string>& keys) {
  return node_.unset(keys);
}

std::size_t Agent::keys_held(std::uint64_t connection) { return node_.held_by(connection).size(); }

// A connection may end while the node tells of something.
void Agent::release(std::uint64_t connection) {
  asio::post(io_, [this, connection] { node_.release(connection); });
}

std::optional<std::string> Agent::sensor_of(const std::string& key) {
  return sampler_.sensor_of(key);
}

void Agent::sample(const std::string& key, const node::ValueFetcher::Done& done) {
  sampler_.sample_now(key, done);
}

AgentStatus Agent::status() { return status_.status(); }

void Agent::examine(Examined done) { doctor_.examine(std::move(done)); }

Result<ForgetOutcome> Agent::forget(const std::string& text) {
  const std::optional<NodeId> id = node::find_node(node_.core(), text);
  const auto missing = node_.core().expected().missing();
  if (!id && std::ranges::find(missing, text) != missing.end()) {
    return Error{text + " is expected by the configuration: take it out of 'expect'"};
  }
  if (!id) return ForgetOutcome::nothing;
  const core::Forgotten outcome = node_.forget(*id);
  switch (outcome) {
    case core::Forgotten::is_unknown:
      return ForgetOutcome::nothing;
    case core::Forgotten::is_present:
    case core::Forgotten::is_self:
    case core::Forgotten::is_own_name:
      return Error{node::refusal_text(node_.core(), *id, outcome)};
    case core::Forgotten::name_moved:
      log_info("the name of {} belongs to {} from now on, as asked for", text, id->hex());
      return ForgetOutcome::name_moved;
    case core::Forgotten::done:
      log_info("node {} ({}) is forgotten, as asked for", text, id->hex());
      return ForgetOutcome::forgotten;
  }
  return ForgetOutcome::nothing;
}

KeyStatus Agent::network_keys() { return node::key_status(node_, node::now()); }

Result<void> Agent::rotate_key(const KeyRotation& rotation) {
  Result<void> taken = node::take_rotation(node_, rotation);
  if (taken) log_info("the network has a new key, k{}, as asked for", network_keys().epoch);
  return taken;
}

ReloadReport Agent::reload() {
  service_.reloading();
  ReloadReport report = reloader_.reload();
  service_.reloaded();
  if (!hooks_.empty()) late_watch_.start();
  return report;
}

}  // namespace dsn::agent
