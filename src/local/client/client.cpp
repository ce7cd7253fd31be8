// SPDX-License-Identifier: Apache-2.0
#include "dsn/client.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "local/client/client_connection.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/rpc_code.hpp"

namespace dsn {
namespace {

using local::JsonIn;
using Clock = std::chrono::steady_clock;
/// Is given the elements of a list; empty if no list is expected.
using TakeItem = std::function<void(const JsonIn&)>;

constexpr std::chrono::milliseconds kAnswerPatience{5000};
constexpr std::chrono::milliseconds kExaminationPatience{120000};
constexpr std::size_t kNotificationsMax = 4096;

Error not_understood() {
  return {"the agent's answer is not understood: another version?", ErrorCode::not_understood};
}

template <typename T>
Result<T> decode(const JsonIn& result) {
  std::optional<T> message = local::decode_json<T>(result);
  if (!message) return not_understood();
  return *std::move(message);
}

/// What the agent says instead of a result.
Error refusal(const JsonIn& error) {
  Error refusal{"the agent refused without a reason", ErrorCode::refused};
  if (!error.is_object()) return refusal;
  if (const auto message = error.find("message"); message != error.end() && message->is_string()) {
    refusal.message = message->get<std::string>();
  }
  if (const auto code = error.find("code"); code != error.end() && code->is_number_integer()) {
    refusal.code = local::meaning_of(static_cast<local::RpcCode>(code->get<int>()));
  }
  return refusal;
}

/// The answer in a line: nothing if the line is no answer to this request.
std::optional<Result<JsonIn>> answer_in(const std::string& line, std::uint64_t id,
                                        const TakeItem& take) {
  std::optional<JsonIn> json = take ? local::parse_answer(line, take) : local::parse_json(line);
  if (!json || !json->is_object()) {
    return Error{"the agent's answer is not JSON", ErrorCode::not_understood};
  }
  const auto answered = json->find("id");
  // An error without id is about the connection, as when there are too many.
  const bool is_ours = answered != json->end() && (answered->is_null() || *answered == id);
  if (!is_ours) return std::nullopt;
  if (const auto error = json->find("error"); error != json->end()) return refusal(*error);
  const auto result = json->find("result");
  if (result == json->end()) {
    return Error{"the agent's answer has no result", ErrorCode::not_understood};
  }
  return Result<JsonIn>(std::move(*result));
}

}  // namespace

struct Client::Connection {
  explicit Connection(local::ClientConnection opened) : lines(std::move(opened)) {}

  /// Sends one request and waits for its answer, at most `patience` without a byte. Notifications
  /// that come before it are kept.
  Result<JsonIn> ask(const char* method, const std::string& params, const TakeItem& take = {},
                     std::chrono::milliseconds patience = kAnswerPatience);
  /// Waits for the parameters of the next notification of this kind; null if `timeout` passed.
  Result<JsonIn> next(const char* method, std::chrono::milliseconds timeout);

  /// The same, with parameters and answer as structures of json_members.hpp.
  template <typename Answer, typename Params = local::NoParams>
  Result<Answer> ask(const char* method, const Params& params = {},
                     std::chrono::milliseconds patience = kAnswerPatience) {
    const Result<JsonIn> result = ask(method, local::encode_json(params), {}, patience);
    return result ? decode<Answer>(*result) : result.failure();
  }
  /// One item that cannot be understood fails the whole list.
  template <typename Item, typename Params = local::NoParams>
  Result<std::vector<Item>> ask_list(const char* method, const Params& params = {}) {
    std::vector<Item> items;
    bool all_understood = true;
    const auto take = [&](const JsonIn& json) {
      std::optional<Item> item = local::decode_json<Item>(json);
      all_understood = all_understood && item;
      if (all_understood) items.push_back(*std::move(item));
    };
    const Result<JsonIn> result = ask(method, local::encode_json(params), take);
    if (!result) return result.failure();
    // What is no object was not taken from the list.
    if (!all_understood || !result->is_array() || !result->empty()) return not_understood();
    return items;
  }

  /// Keeps a notification, or drops another line that is no answer.
  Result<void> keep(const std::string& line);

  local::ClientConnection lines;
  std::uint64_t requests = 0;
  bool subscribed = false;
  bool listening = false;
  std::deque<JsonIn> notifications;
};

Result<void> Client::Connection::keep(const std::string& line) {
  std::optional<JsonIn> json = local::parse_json(line);
  if (!json || !json->is_object() || !json->contains("method") || !json->contains("params")) {
    return {};
  }
  if (notifications.size() >= kNotificationsMax) {
    return lines.give_up({"more than " + std::to_string(kNotificationsMax) +
                              " events and messages came and were not taken",
                          ErrorCode::disconnected});
  }
  notifications.push_back(*std::move(json));
  return {};
}

Result<JsonIn> Client::Connection::next(const char* method, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (true) {
    const auto found = std::ranges::find_if(
        notifications, [&](const JsonIn& one) { return one["method"] == method; });
    if (found != notifications.end()) {
      JsonIn params = std::move((*found)["params"]);
      notifications.erase(found);
      return params;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const Result<std::optional<std::string>> line = lines.receive(left);
    if (!line) return line.failure();
    if (!*line) return JsonIn();
    if (const Result<void> kept = keep(**line); !kept) return kept.failure();
  }
}

Result<JsonIn> Client::Connection::ask(const char* method, const std::string& params,
                                       const TakeItem& take, std::chrono::milliseconds patience) {
  const std::uint64_t id = ++requests;
  const std::string request = R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + ",\"method\":\"" +
                              method + "\",\"params\":" + params + "}";
  // An agent that refuses the connection says why before it ends it; what it said can still be
  // read.
  const Result<void> sent = lines.send(request, kAnswerPatience);
  const auto started = Clock::now();
  while (true) {
    const auto deadline = std::max(started, lines.heard()) + patience;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      return lines.give_up({"the agent did not answer within " +
                                std::to_string(patience / std::chrono::seconds(1)) + " s",
                            ErrorCode::timed_out});
    }
    Result<std::optional<std::string>> line = lines.receive(left);
    if (!line) return sent ? line.failure() : sent.failure();
    if (!*line) continue;
    if (auto answer = answer_in(**line, id, take)) return *std::move(answer);
    if (const Result<void> kept = keep(**line); !kept) return kept.failure();
  }
}

Result<Client> Client::connect(const std::string& socket_path) {
  Result<local::ClientConnection> lines = local::ClientConnection::connect(socket_path);
  if (!lines) return lines.failure();
  return Client(std::make_unique<Connection>(std::move(lines).value()));
}

Client::Client(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

bool Client::connected() const { return connection_->lines.works(); }

int Client::descriptor() const { return connection_->lines.descriptor(); }

Result<std::vector<Reading>> Client::read(const ReadQuery& query) {
  return connection_->ask_list<Reading>("read", query);
}

Result<Reading> Client::fetch(const FetchRequest& request) {
  return connection_->ask<Reading>("fetch", request, request.timeout + kAnswerPatience);
}

Result<std::vector<NodeInfo>> Client::nodes() { return connection_->ask_list<NodeInfo>("peers"); }

Result<SetReport> Client::set(const std::vector<SetRequest>& entries) {
  return connection_->ask<SetReport>("set", local::SetParams{entries});
}

Result<std::uint64_t> Client::unset(const std::vector<std::string>& keys) {
  const auto result = connection_->ask<local::UnsetResult>("unset", local::UnsetParams{keys});
  if (!result) return result.failure();
  return result.value().removed;
}

Result<AgentStatus> Client::status() { return connection_->ask<AgentStatus>("status"); }

Result<Examination> Client::examine() {
  return connection_->ask<Examination>("doctor", local::NoParams{}, kExaminationPatience);
}

Result<void> Client::hello(const std::string& name, const std::string& version) {
  const auto result =
      connection_->ask<local::HelloResult>("hello", local::HelloParams{name, version});
  if (!result) return result.failure();
  return {};
}

Result<std::vector<ModuleInfo>> Client::modules() {
  return connection_->ask_list<ModuleInfo>("modules");
}

Result<ForgetOutcome> Client::forget(const std::string& node) {
  const auto result = connection_->ask<local::ForgetResult>("forget", local::ForgetParams{node});
  if (!result) return result.failure();
  return result.value().outcome;
}

Result<KeyStatus> Client::network_keys() { return connection_->ask<KeyStatus>("keys"); }

Result<void> Client::rotate_key(const KeyRotation& rotation) {
  const auto result = connection_->ask<local::RotateKeyResult>("rotate_key", rotation);
  if (!result) return result.failure();
  return {};
}

Result<void> Client::leave() {
  const auto result = connection_->ask<local::LeaveResult>("leave");
  if (!result) return result.failure();
  return {};
}

Result<void> Client::sleep(std::chrono::milliseconds silence) {
  const auto result = connection_->ask<local::SleepResult>("sleep", local::SleepParams{silence});
  if (!result) return result.failure();
  return {};
}

Result<ReloadReport> Client::reload() { return connection_->ask<ReloadReport>("reload"); }

Result<void> Client::subscribe(const ReadQuery& query, bool snapshot) {
  const auto result = connection_->ask<local::SubscribeResult>(
      "subscribe", local::SubscribeParams{query, snapshot});
  if (!result) return result.failure();
  connection_->subscribed = true;
  return {};
}

Result<void> Client::listen(const std::vector<std::string>& names) {
  const auto result = connection_->ask<local::ListenResult>("listen", local::ListenParams{names});
  if (!result) return result.failure();
  connection_->listening = true;
  return {};
}

Result<std::optional<NodeEvent>> Client::next_event(std::chrono::milliseconds timeout) {
  if (!connection_->subscribed) {
    return Error{"next_event() without subscribe()", ErrorCode::invalid_argument};
  }
  const auto deadline = Clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const Result<JsonIn> params = connection_->next("event", left);
    if (!params) return params.failure();
    if (params->is_null()) return std::optional<NodeEvent>();
    // An event of a kind that this version does not know is passed over.
    if (auto event = local::decode_json<NodeEvent>(*params)) return event;
  }
}

Result<std::optional<Message>> Client::next_message(std::chrono::milliseconds timeout) {
  if (!connection_->listening) {
    return Error{"next_message() without listen()", ErrorCode::invalid_argument};
  }
  const Result<JsonIn> params = connection_->next("message", timeout);
  if (!params) return params.failure();
  if (params->is_null()) return std::optional<Message>();
  auto message = local::decode_json<Message>(*params);
  if (!message) return not_understood();
  return message;
}

Result<SendReport> Client::send(const SendRequest& request) {
  return connection_->ask<SendReport>("send", request, request.timeout + kAnswerPatience);
}

Result<SendReport> Client::ask(const SendRequest& request) {
  return connection_->ask<SendReport>("ask", request, request.timeout + kAnswerPatience);
}

Result<std::vector<SendReport>> Client::emit(const SendRequest& request) {
  auto result = connection_->ask<local::EmitResult>(
      "emit", local::EmitParams{request.name, request.payload, request.timeout},
      request.timeout + kAnswerPatience);
  if (!result) return result.failure();
  return std::move(result->nodes);
}

Result<void> Client::reply(const std::string& ask, const Value& payload) {
  const auto result =
      connection_->ask<local::ReplyResult>("reply", local::ReplyParams{ask, payload, {}});
  if (!result) return result.failure();
  return {};
}

Result<void> Client::decline(const std::string& ask, const std::string& reason) {
  const auto result =
      connection_->ask<local::ReplyResult>("reply", local::ReplyParams{ask, {}, reason});
  if (!result) return result.failure();
  return {};
}

const char* to_string(Delivery delivery) { return local::kWords<Delivery>.word(delivery); }

const char* to_string(ForgetOutcome outcome) { return local::kWords<ForgetOutcome>.word(outcome); }

}  // namespace dsn
