// SPDX-License-Identifier: Apache-2.0
#include "dsn/node.hpp"

#include <mutex>
#include <utility>

#include "base/bytes.hpp"
#include "crypto/entropy.hpp"
#include "embedded/config_text.hpp"
#include "embedded/embedded_node.hpp"
#include "embedded/node_config.hpp"
#include "node/clock.hpp"
#include "node/readings_view.hpp"

namespace dsn {
namespace {

// Several threads may start their first node at a time.
Result<void> ready_crypto() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  return crypto::initialise_crypto();
}

}  // namespace

class Node::Impl final : public embedded::EmbeddedNode {
 public:
  using EmbeddedNode::EmbeddedNode;
};

namespace {

struct Prepared {
  config::Config config;
  node::Credentials credentials;
};

Result<Prepared> prepare(const NodeConfig& node_config) {
  auto config = embedded::checked(node_config);
  if (!config) return config.failure();
  if (const Result<void> ready = ready_crypto(); !ready) return ready.failure();
  auto credentials = embedded::load_credentials(*config, "", false);
  if (!credentials) return credentials.failure();
  return Prepared{std::move(config).value(), std::move(credentials).value()};
}

}  // namespace

Node::Node(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

Result<Node> Node::start(const NodeConfig& config, NodeCallbacks callbacks) {
  return start_on(nullptr, config, std::move(callbacks));
}

Result<Node> Node::start(asio::io_context& io, const NodeConfig& config, NodeCallbacks callbacks) {
  return start_on(&io, config, std::move(callbacks));
}

Result<Node> Node::start_on(asio::io_context* io, const NodeConfig& config,
                            NodeCallbacks callbacks) {
  auto prepared = prepare(config);
  if (!prepared) return prepared.failure();
  Node node(std::make_unique<Impl>(io, std::move(prepared->config),
                                   std::move(prepared->credentials), std::move(callbacks)));
  node.impl_->start();
  return node;
}

void Node::stop() { impl_->stop(); }
void Node::leave() { impl_->stop(wire::ByeReason::leaving); }
void Node::sleep(std::chrono::milliseconds silence) {
  impl_->stop({wire::ByeReason::asleep, static_cast<std::uint64_t>(silence.count())});
}

const std::string& Node::name() const { return impl_->name(); }
const std::string& Node::id() const { return impl_->id(); }
std::uint16_t Node::port() const {
  return impl_->call([this] { return impl_->runtime().port(); });
}

Result<std::uint64_t> Node::set(const std::vector<SetRequest>& entries) {
  return impl_->call([&] { return impl_->runtime().set(entries); });
}

Result<std::uint64_t> Node::set(const std::string& key, const Value& value) {
  return set(std::vector<SetRequest>{{.key = key, .value = value}});
}

Result<std::uint64_t> Node::unset(const std::vector<std::string>& keys) {
  return impl_->call([&] { return impl_->runtime().unset(keys); });
}

std::vector<Reading> Node::read(const ReadQuery& query) const {
  return impl_->call(
      [&] { return node::list_readings(impl_->runtime().core(), query, node::now()); });
}

std::optional<Reading> Node::read(const std::string& node, const std::string& key) const {
  const std::vector<Reading> found = read({.node = node, .key = key});
  return found.empty() ? std::nullopt : std::optional(found.front());
}

std::vector<NodeInfo> Node::nodes() const {
  return impl_->call([&] { return node::list_nodes(impl_->runtime().core(), node::now()); });
}

Result<Reading> Node::fetch(const FetchRequest& request) {
  return impl_->wait_for<Reading>(
      [this, request](Fetched done) { impl_->runtime().fetch(request, std::move(done)); });
}

void Node::fetch(const FetchRequest& request, Fetched done) {
  impl_->call([&] { impl_->runtime().fetch(request, std::move(done)); });
}

Result<SendReport> Node::send(const SendRequest& request) {
  return impl_->wait_for<SendReport>(
      [this, request](Sent done) { impl_->courier().send(request, false, std::move(done)); });
}

Result<SendReport> Node::ask(const SendRequest& request) {
  return impl_->wait_for<SendReport>(
      [this, request](Sent done) { impl_->courier().send(request, true, std::move(done)); });
}

Result<std::vector<SendReport>> Node::emit(const SendRequest& request) {
  return impl_->wait_for<std::vector<SendReport>>(
      [this, request](SentToAll done) { impl_->courier().emit(request, std::move(done)); });
}

void Node::send(const SendRequest& request, Sent done) {
  impl_->call([&] { impl_->courier().send(request, false, std::move(done)); });
}

void Node::ask(const SendRequest& request, Sent done) {
  impl_->call([&] { impl_->courier().send(request, true, std::move(done)); });
}

void Node::emit(const SendRequest& request, SentToAll done) {
  impl_->call([&] { impl_->courier().emit(request, std::move(done)); });
}

Result<void> Node::reply(const std::string& ask, const Value& payload) {
  return impl_->call([&] { return impl_->courier().reply(ask, payload, ""); });
}

Result<void> Node::decline(const std::string& ask, const std::string& reason) {
  return impl_->call([&] { return impl_->courier().reply(ask, std::nullopt, reason); });
}

Result<std::string> Node::new_key() {
  if (const Result<void> ready = ready_crypto(); !ready) return ready.failure();
  Secret<16> key;
  crypto::random_bytes(key.mutable_view());
  return to_hex(key.view());
}

}  // namespace dsn
