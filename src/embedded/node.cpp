// SPDX-License-Identifier: Apache-2.0
#include "dsn/node.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

#include "base/bytes.hpp"
#include "crypto/entropy.hpp"
#include "embedded/config_text.hpp"
#include "embedded/courier.hpp"
#include "embedded/node_config.hpp"
#include "loop/alive.hpp"
#include "node/clock.hpp"
#include "node/node_labels.hpp"
#include "node/node_runtime.hpp"
#include "node/readings_view.hpp"

namespace dsn {
namespace {

// Several threads may start their first node at a time.
Result<void> ready_crypto() {
  static std::mutex mutex;
  const std::scoped_lock lock(mutex);
  return crypto::initialise_crypto();
}

/// What a thread waits for. If nobody answers any more, the node has stopped.
template <typename T>
class Answer {
 public:
  ~Answer() {
    if (!is_given_) give(Error{"the node has stopped", ErrorCode::disconnected});
  }
  void give(const Result<T>& result) {
    if (!std::exchange(is_given_, true)) promise_.set_value(result);
  }
  [[nodiscard]] std::future<Result<T>> future() { return promise_.get_future(); }

 private:
  std::promise<Result<T>> promise_;
  bool is_given_ = false;
};

}  // namespace

/// Callbacks are posted, so that they may call the node: it is not in the midst of anything then.
class Node::Impl final : public node::NodeListener {
 public:
  Impl(asio::io_context* io, config::Config config, node::Credentials credentials,
       NodeCallbacks callbacks)
      : own_io_(io == nullptr ? std::make_unique<asio::io_context>(1) : nullptr),
        io_(io == nullptr ? *own_io_ : *io),
        name_(config.node_id),
        id_(credentials.identity.id.hex()),
        callbacks_(std::move(callbacks)),
        runtime_(io_, embedded::node_settings(config), std::move(credentials), *this),
        courier_(io_, runtime_, [this](const Message& message) { return take(message); }) {
    if (own_io_) guard_.emplace(own_io_->get_executor());
  }
  ~Impl() override { stop(wire::ByeReason::restarting); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    runtime_.start();
    if (own_io_) thread_ = std::thread([this] { own_io_->run(); });
  }

  void stop(wire::ByeReason reason) {
    if (std::exchange(stopped_, true)) return;
    call([this, reason] {
      courier_.stop();
      runtime_.stop(reason);
      alive_.renew();
    });
    if (!own_io_) return;
    guard_.reset();
    own_io_->stop();
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] bool is_on_loop() const {
    return !thread_.joinable() || thread_.get_id() == std::this_thread::get_id();
  }

  /// Runs the function on the node's thread, and waits for it.
  template <typename Function>
  auto call(Function function) -> decltype(function()) {
    if (is_on_loop()) return function();
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto result = task.get_future();
    asio::post(io_, [&task] { task(); });
    return result.get();
  }

  /// Begins something on the node's thread, and waits for what it calls its argument with.
  template <typename T, typename Begin>
  Result<T> wait_for(Begin begin) {
    if (is_on_loop()) {
      return Error{"this would block the node's own thread: give a function that is called",
                   ErrorCode::refused};
    }
    auto answer = std::make_shared<Answer<T>>();
    auto result = answer->future();
    asio::post(io_, [answer = std::move(answer), begin = std::move(begin)] {
      begin([answer](const Result<T>& outcome) { answer->give(outcome); });
    });
    return result.get();
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] node::NodeRuntime& runtime() { return runtime_; }
  [[nodiscard]] embedded::Courier& courier() { return courier_; }

 private:
  void handle_event(const core::CoreEvent& event) override {
    const auto described = node::describe_event(runtime_.core(), event, node::now());
    if (described) post([this, told = *described] { tell(told); });
  }
  void handle_notice(node::Notice /*notice*/) override {}
  void handle_counted() override {}
  node::MessageVerdict handle_message(const core::ReceivedMessage& message) override {
    return courier_.handle_message(message);
  }
  void handle_settled(const core::SettledMessage& message) override {
    courier_.handle_settled(message);
  }

  node::MessageVerdict take(const Message& message) {
    if (!callbacks_.message) return {wire::DataOutcome::nobody_listens, 0};
    post([this, message] { callbacks_.message(message); });
    return {wire::DataOutcome::delivered, 1};
  }

  template <typename Function>
  void post(Function function) {
    asio::post(io_, [watch = alive_.watch(), function = std::move(function)] {
      if (!watch.expired()) function();
    });
  }

  void tell(const NodeEvent& event) {
    using Kind = NodeEvent::Kind;
    if (event.kind == Kind::updated && event.reading && callbacks_.updated) {
      callbacks_.updated(*event.reading);
    }
    if (event.kind == Kind::joined && callbacks_.joined) callbacks_.joined(event.node);
    const bool is_lost = event.kind == Kind::gone || event.kind == Kind::left;
    if (is_lost && callbacks_.gone) callbacks_.gone(event.node);
    if (callbacks_.event) callbacks_.event(event);
  }

  const std::unique_ptr<asio::io_context> own_io_;
  asio::io_context& io_;
  const std::string name_;
  const std::string id_;
  const NodeCallbacks callbacks_;
  node::NodeRuntime runtime_;
  embedded::Courier courier_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> guard_;
  std::thread thread_;
  bool stopped_ = false;
  loop::Alive alive_;
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
  auto prepared = prepare(config);
  if (!prepared) return prepared.failure();
  Node node(std::make_unique<Impl>(nullptr, std::move(prepared->config),
                                   std::move(prepared->credentials), std::move(callbacks)));
  node.impl_->start();
  return node;
}

Result<Node> Node::start(asio::io_context& io, const NodeConfig& config, NodeCallbacks callbacks) {
  auto prepared = prepare(config);
  if (!prepared) return prepared.failure();
  Node node(std::make_unique<Impl>(&io, std::move(prepared->config),
                                   std::move(prepared->credentials), std::move(callbacks)));
  node.impl_->start();
  return node;
}

void Node::stop() { impl_->stop(wire::ByeReason::restarting); }
void Node::leave() { impl_->stop(wire::ByeReason::leaving); }

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
