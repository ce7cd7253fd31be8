// SPDX-License-Identifier: Apache-2.0
#include "dsn/client.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <functional>
#include <limits>
#include <utility>

#include "dsn/async_client.hpp"
#include "local/json/words.hpp"

namespace dsn {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kNoticesMax = 4096;
constexpr milliseconds kLongest{std::numeric_limits<int>::max()};

}  // namespace

/// An AsyncClient, and the wait for what it calls.
struct Client::Connection {
  explicit Connection(AsyncClient connected) : async(std::move(connected)) {}

  /// Calls a method of AsyncClient, and waits until it is done.
  template <typename T, typename Method, typename... Params>
  Result<T> wait(Method method, const Params&... params) {
    if (failure) return *failure;
    std::optional<Result<T>> answer;
    std::invoke(method, async, params...,
                [&answer](Result<T> result) { answer = std::move(result); });
    while (!answer && !failure) (void)step(kLongest);
    return answer ? *std::move(answer) : *failure;
  }

  /// The first of `notices`; nothing if none came in time, or a signal.
  template <typename Notice>
  Result<std::optional<Notice>> next(std::deque<Notice>& notices, milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    while (notices.empty()) {
      if (failure) return *failure;
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      if (!step(std::max(left, milliseconds(0)))) return std::optional<Notice>();
      if (notices.empty() && !failure && Clock::now() >= deadline) return std::optional<Notice>();
    }
    std::optional<Notice> first = std::move(notices.front());
    notices.pop_front();
    return first;
  }

  template <typename Notice>
  void keep(std::deque<Notice>& notices, const Notice& notice) {
    if (failure) return;
    if (events.size() + messages.size() < kNoticesMax) return notices.push_back(notice);
    failure = Error{
        "more than " + std::to_string(kNoticesMax) + " events and messages came and were not taken",
        ErrorCode::disconnected};
  }

  /// False if a signal came.
  bool step(milliseconds limit);

  AsyncClient async;
  bool subscribed = false;
  bool listening = false;
  std::deque<NodeEvent> events{};
  std::deque<Message> messages{};
  std::optional<Error> failure{};
};

bool Client::Connection::step(milliseconds limit) {
  const short writes = async.wants_to_write() ? POLLOUT : 0;
  pollfd waiting{async.descriptor(), static_cast<short>(POLLIN | writes), 0};
  const milliseconds left = std::clamp(async.time_left().value_or(limit), milliseconds(0), limit);
  const int ready = ::poll(&waiting, 1, static_cast<int>(std::min(left, kLongest).count()));
  if (ready < 0 && errno == EINTR) return false;
  async.process();
  return true;
}

Result<Client> Client::connect(const std::string& socket_path) {
  // The callbacks need the address of the connection, and it the client that has them.
  const auto self = std::make_shared<Connection*>(nullptr);
  ClientCallbacks callbacks;
  callbacks.event = [self](const NodeEvent& event) { (*self)->keep((*self)->events, event); };
  callbacks.message = [self](const Message& message) { (*self)->keep((*self)->messages, message); };
  callbacks.ended = [self](const Error& error) { (*self)->failure = error; };
  Result<AsyncClient> async = AsyncClient::connect(socket_path, std::move(callbacks));
  if (!async) return async.failure();
  auto connection = std::make_unique<Connection>(*std::move(async));
  *self = connection.get();
  return Client(std::move(connection));
}

Client::Client(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

bool Client::connected() const { return !connection_->failure; }

int Client::descriptor() const { return connection_->async.descriptor(); }

Result<std::vector<Reading>> Client::read(const ReadQuery& query) {
  return connection_->wait<std::vector<Reading>>(&AsyncClient::read, query);
}

Result<Reading> Client::fetch(const FetchRequest& request) {
  return connection_->wait<Reading>(&AsyncClient::fetch, request);
}

Result<std::vector<NodeInfo>> Client::nodes() {
  return connection_->wait<std::vector<NodeInfo>>(&AsyncClient::nodes);
}

Result<SetReport> Client::set(const std::vector<SetRequest>& entries) {
  return connection_->wait<SetReport>(&AsyncClient::set, entries);
}

Result<std::uint64_t> Client::unset(const std::vector<std::string>& keys) {
  return connection_->wait<std::uint64_t>(&AsyncClient::unset, keys);
}

Result<AgentStatus> Client::status() {
  return connection_->wait<AgentStatus>(&AsyncClient::status);
}

Result<Examination> Client::examine() {
  return connection_->wait<Examination>(&AsyncClient::examine);
}

Result<void> Client::hello(const std::string& name, const std::string& version) {
  return connection_->wait<void>(&AsyncClient::hello, name, version);
}

Result<std::vector<ModuleInfo>> Client::modules() {
  return connection_->wait<std::vector<ModuleInfo>>(&AsyncClient::modules);
}

Result<ForgetOutcome> Client::forget(const std::string& node) {
  return connection_->wait<ForgetOutcome>(&AsyncClient::forget, node);
}

Result<KeyStatus> Client::network_keys() {
  return connection_->wait<KeyStatus>(&AsyncClient::network_keys);
}

Result<void> Client::rotate_key(const KeyRotation& rotation) {
  return connection_->wait<void>(&AsyncClient::rotate_key, rotation);
}

Result<void> Client::leave() { return connection_->wait<void>(&AsyncClient::leave); }

Result<void> Client::sleep(milliseconds silence) {
  return connection_->wait<void>(&AsyncClient::sleep, silence);
}

Result<ReloadReport> Client::reload() {
  return connection_->wait<ReloadReport>(&AsyncClient::reload);
}

Result<void> Client::subscribe(const ReadQuery& query, bool snapshot) {
  const auto done = connection_->wait<void>(&AsyncClient::subscribe, query, snapshot);
  connection_->subscribed = connection_->subscribed || done;
  return done;
}

Result<void> Client::listen(const std::vector<std::string>& names) {
  const auto done = connection_->wait<void>(&AsyncClient::listen, names);
  connection_->listening = connection_->listening || done;
  return done;
}

Result<std::optional<NodeEvent>> Client::next_event(milliseconds timeout) {
  if (!connection_->subscribed) {
    return Error{"next_event() without subscribe()", ErrorCode::invalid_argument};
  }
  return connection_->next(connection_->events, timeout);
}

Result<std::optional<Message>> Client::next_message(milliseconds timeout) {
  if (!connection_->listening) {
    return Error{"next_message() without listen()", ErrorCode::invalid_argument};
  }
  return connection_->next(connection_->messages, timeout);
}

Result<SendReport> Client::send(const SendRequest& request) {
  return connection_->wait<SendReport>(&AsyncClient::send, request);
}

Result<SendReport> Client::ask(const SendRequest& request) {
  return connection_->wait<SendReport>(&AsyncClient::ask, request);
}

Result<std::vector<SendReport>> Client::emit(const SendRequest& request) {
  return connection_->wait<std::vector<SendReport>>(&AsyncClient::emit, request);
}

Result<void> Client::reply(const std::string& ask, const Value& payload) {
  return connection_->wait<void>(&AsyncClient::reply, ask, payload);
}

Result<void> Client::decline(const std::string& ask, const std::string& reason) {
  return connection_->wait<void>(&AsyncClient::decline, ask, reason);
}

const char* to_string(Delivery delivery) { return local::kWords<Delivery>.word(delivery); }

const char* to_string(ForgetOutcome outcome) { return local::kWords<ForgetOutcome>.word(outcome); }

}  // namespace dsn
