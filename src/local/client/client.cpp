// SPDX-License-Identifier: Apache-2.0
#include "dsn/client.hpp"

#include <utility>

#include "local/client/client_connection.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/words.hpp"

namespace dsn {
namespace {

using local::JsonIn;
using local::JsonOut;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswerPatience{5000};

/// An answer of a list of things; one that cannot be understood fails the whole.
template <typename T>
Result<std::vector<T>> decode_list(const JsonIn& result,
                                   std::optional<T> (*decode)(const JsonIn&)) {
  if (!result.is_array()) return Error{"the agent answered with something else than a list"};
  std::vector<T> items;
  items.reserve(result.size());
  for (const JsonIn& json : result) {
    std::optional<T> item = decode(json);
    if (!item) return Error{"the agent's answer is not understood: another version?"};
    items.push_back(*std::move(item));
  }
  return items;
}

Result<std::uint64_t> decode_count(const JsonIn& result, const char* member) {
  const auto found = result.is_object() ? result.find(member) : result.end();
  if (found == result.end() || !found->is_number_unsigned()) {
    return Error{"the agent's answer is not understood: another version?"};
  }
  return found->get<std::uint64_t>();
}

}  // namespace

struct Client::Connection {
  explicit Connection(local::ClientConnection opened) : lines(std::move(opened)) {}

  /// Sends one request and waits for its answer; notifications on the way are not for it.
  Result<JsonIn> ask(const char* method, JsonOut params);
  /// The answer in a line: nothing if the line is no answer to this request.
  static std::optional<Result<JsonIn>> answer_in(const std::string& line, std::uint64_t id);

  local::ClientConnection lines;
  std::uint64_t requests = 0;
  bool subscribed = false;
};

Result<JsonIn> Client::Connection::ask(const char* method, JsonOut params) {
  if (subscribed) return Error{"this connection is a stream of events; use another one"};
  const std::uint64_t id = ++requests;
  JsonOut request = JsonOut::object();
  request["jsonrpc"] = "2.0";
  request["id"] = id;
  request["method"] = method;
  request["params"] = std::move(params);
  if (const auto sent = lines.send(local::dump_json(request), kAnswerPatience); !sent) {
    return sent.failure();
  }
  const auto deadline = Clock::now() + kAnswerPatience;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return lines.give_up("the agent did not answer within 5 s");
    Result<std::optional<std::string>> line = lines.receive(left);
    if (!line) return line.failure();
    if (!*line) continue;
    if (auto answer = answer_in(**line, id)) return *std::move(answer);
  }
}

std::optional<Result<JsonIn>> Client::Connection::answer_in(const std::string& line,
                                                            std::uint64_t id) {
  const std::optional<JsonIn> json = local::parse_json(line);
  if (!json || !json->is_object()) return Error{"the agent's answer is not JSON"};
  const auto answered = json->find("id");
  // An error without id is about the connection, as when there are too many.
  const bool is_ours = answered != json->end() && (answered->is_null() || *answered == id);
  if (!is_ours) return std::nullopt;
  if (const auto error = json->find("error"); error != json->end()) {
    const auto* message = error->is_object() && error->contains("message")
                              ? (*error)["message"].get_ptr<const std::string*>()
                              : nullptr;
    return Error{message != nullptr ? *message : "the agent refused without a reason"};
  }
  const auto result = json->find("result");
  if (result == json->end()) return Error{"the agent's answer has no result"};
  return Result<JsonIn>(*result);
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

bool Client::connected() const { return connection_->lines.failure().empty(); }

Result<std::vector<Reading>> Client::read(const ReadQuery& query) {
  JsonOut params = JsonOut::object();
  if (query.node) params["node"] = *query.node;
  if (query.key) params["key"] = *query.key;
  const Result<JsonIn> result = connection_->ask("read", std::move(params));
  if (!result) return result.failure();
  return decode_list<Reading>(*result, local::reading_from_json);
}

Result<std::vector<NodeInfo>> Client::nodes() {
  const Result<JsonIn> result = connection_->ask("peers", JsonOut::object());
  if (!result) return result.failure();
  return decode_list<NodeInfo>(*result, local::node_from_json);
}

Result<std::uint64_t> Client::set(const std::vector<SetRequest>& entries) {
  JsonOut params = JsonOut::object();
  params["entries"] = JsonOut::array();
  for (const SetRequest& entry : entries) {
    params["entries"].push_back(local::set_request_to_json(entry));
  }
  const Result<JsonIn> result = connection_->ask("set", std::move(params));
  if (!result) return result.failure();
  return decode_count(*result, "version");
}

Result<std::uint64_t> Client::unset(const std::vector<std::string>& keys) {
  JsonOut params = JsonOut::object();
  params["keys"] = keys;
  const Result<JsonIn> result = connection_->ask("unset", std::move(params));
  if (!result) return result.failure();
  return decode_count(*result, "removed");
}

Result<AgentStatus> Client::status() {
  const Result<JsonIn> result = connection_->ask("status", JsonOut::object());
  if (!result) return result.failure();
  std::optional<AgentStatus> status = local::status_from_json(*result);
  if (!status) return Error{"the agent's status is not understood: another version?"};
  return *std::move(status);
}

Result<ForgetOutcome> Client::forget(const std::string& node) {
  JsonOut params = JsonOut::object();
  params["node"] = node;
  const Result<JsonIn> result = connection_->ask("forget", std::move(params));
  if (!result) return result.failure();
  const auto member = result->is_object() ? result->find("outcome") : result->end();
  const auto* word = member != result->end() ? member->get_ptr<const std::string*>() : nullptr;
  const auto outcome = word != nullptr ? local::forget_outcome_from(*word) : std::nullopt;
  if (!outcome) return Error{"the agent's answer is not understood: another version?"};
  return *outcome;
}

Result<void> Client::leave() {
  const Result<JsonIn> result = connection_->ask("leave", JsonOut::object());
  if (!result) return result.failure();
  return {};
}

Result<ReloadReport> Client::reload() {
  const Result<JsonIn> result = connection_->ask("reload", JsonOut::object());
  if (!result) return result.failure();
  std::optional<ReloadReport> report = local::reload_from_json(*result);
  if (!report) return Error{"the agent's answer is not understood: another version?"};
  return *std::move(report);
}

Result<void> Client::subscribe() {
  const Result<JsonIn> result = connection_->ask("subscribe", JsonOut::object());
  if (!result) return result.failure();
  connection_->subscribed = true;
  return {};
}

Result<std::optional<NodeEvent>> Client::next_event(std::chrono::milliseconds timeout) {
  if (!connection_->subscribed) return Error{"next_event() without subscribe()"};
  const auto deadline = Clock::now() + timeout;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const Result<std::optional<std::string>> line = connection_->lines.receive(left);
    if (!line) return line.failure();
    if (!*line) return std::optional<NodeEvent>();
    const std::optional<JsonIn> json = local::parse_json(**line);
    if (!json || !json->is_object() || !json->contains("params")) continue;
    // An event of a kind that this version does not know is passed over.
    if (auto event = local::event_from_json((*json)["params"])) return event;
  }
}

}  // namespace dsn
