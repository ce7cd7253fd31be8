// SPDX-License-Identifier: Apache-2.0
#include "dsn/async_client.hpp"

#include <utility>

#include "local/client/client_requests.hpp"
#include "local/json/json_messages.hpp"

namespace dsn {
namespace {

using local::JsonIn;
using std::chrono::milliseconds;

constexpr milliseconds kExaminationPatience{120'000};

Error not_understood() {
  return {"the agent's answer is not understood: another version?", ErrorCode::not_understood};
}

/// Takes an answer apart: `convert` makes what the caller wants of the structure that came.
template <typename Answer, typename T, typename Convert>
std::function<void(Result<JsonIn>)> decoded(AsyncClient::Done<T> done, Convert convert) {
  if (!done) return {};
  return [done = std::move(done), convert](const Result<JsonIn>& json) {
    if (!json) return done(json.failure());
    std::optional<Answer> answer = local::decode_json<Answer>(*json);
    if (!answer) return done(not_understood());
    done(convert(*std::move(answer)));
  };
}

template <typename T>
std::function<void(Result<JsonIn>)> decoded(AsyncClient::Done<T> done) {
  return decoded<T>(std::move(done), [](T answer) { return answer; });
}

/// Of an answer that says nothing but that it was done.
template <typename Answer>
std::function<void(Result<JsonIn>)> confirmed(AsyncClient::Done<void> done) {
  return decoded<Answer>(std::move(done), [](const Answer&) { return Result<void>(); });
}

/// Of a list. One item that cannot be understood fails all of it.
template <typename Item>
local::ClientRequest list_of(const char* method, std::string params,
                             AsyncClient::Done<std::vector<Item>> done) {
  struct Taken {
    std::vector<Item> items{};
    bool all_understood = true;
  };
  const auto taken = std::make_shared<Taken>();
  const auto take = [taken](const JsonIn& json) {
    std::optional<Item> item = local::decode_json<Item>(json);
    taken->all_understood = taken->all_understood && item;
    if (taken->all_understood) taken->items.push_back(*std::move(item));
  };
  const auto finish = [taken, done = std::move(done)](const Result<JsonIn>& rest) {
    if (!done) return;
    if (!rest) return done(rest.failure());
    // What is no object was not taken from the list.
    if (!taken->all_understood || !rest->is_array() || !rest->empty()) {
      return done(not_understood());
    }
    done(std::move(taken->items));
  };
  return {method, std::move(params), finish, take};
}

const std::string kNoParams = "{}";

}  // namespace

struct AsyncClient::Impl {
  Impl(local::ClientConnection lines, ClientCallbacks given)
      : callbacks(std::move(given)),
        requests(std::move(lines),
                 {[this](const std::string& method, const JsonIn& params) { tell(method, params); },
                  [this](const Error& error) {
                    if (callbacks.ended) callbacks.ended(error);
                  }}) {}

  /// What this version does not know is passed over.
  void tell(const std::string& method, const JsonIn& params) {
    if (method == "event" && callbacks.event) {
      if (const auto event = local::decode_json<NodeEvent>(params)) callbacks.event(*event);
    } else if (method == "message" && callbacks.message) {
      if (const auto message = local::decode_json<Message>(params)) callbacks.message(*message);
    }
  }

  ClientCallbacks callbacks;
  local::ClientRequests requests;
};

Result<AsyncClient> AsyncClient::connect(const std::string& socket_path,
                                         ClientCallbacks callbacks) {
  Result<local::ClientConnection> lines = local::ClientConnection::connect(socket_path);
  if (!lines) return lines.failure();
  return AsyncClient(std::make_unique<Impl>(*std::move(lines), std::move(callbacks)));
}

AsyncClient::AsyncClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AsyncClient::AsyncClient(AsyncClient&&) noexcept = default;
AsyncClient& AsyncClient::operator=(AsyncClient&&) noexcept = default;
AsyncClient::~AsyncClient() = default;

int AsyncClient::descriptor() const { return impl_->requests.descriptor(); }

bool AsyncClient::wants_to_write() const { return impl_->requests.wants_to_write(); }

std::optional<milliseconds> AsyncClient::time_left() const { return impl_->requests.time_left(); }

void AsyncClient::process() { impl_->requests.process(); }

bool AsyncClient::connected() const { return impl_->requests.works(); }

void AsyncClient::read(const ReadQuery& query, Done<std::vector<Reading>> done) {
  impl_->requests.begin(list_of<Reading>("read", local::encode_json(query), std::move(done)));
}

void AsyncClient::fetch(const FetchRequest& request, Done<Reading> done) {
  impl_->requests.begin({.method = "fetch",
                         .params = local::encode_json(request),
                         .done = decoded<Reading>(std::move(done)),
                         .patience = request.timeout + local::kAnswerPatience});
}

void AsyncClient::nodes(Done<std::vector<NodeInfo>> done) {
  impl_->requests.begin(list_of<NodeInfo>("peers", kNoParams, std::move(done)));
}

void AsyncClient::set(const std::vector<SetRequest>& entries, Done<SetReport> done) {
  impl_->requests.begin(
      {"set", local::encode_json(local::SetParams{entries}), decoded<SetReport>(std::move(done))});
}

void AsyncClient::unset(const std::vector<std::string>& keys, Done<std::uint64_t> done) {
  const auto count = [](const local::UnsetResult& result) { return result.removed; };
  impl_->requests.begin({"unset", local::encode_json(local::UnsetParams{keys}),
                         decoded<local::UnsetResult>(std::move(done), count)});
}

void AsyncClient::status(Done<AgentStatus> done) {
  impl_->requests.begin({"status", kNoParams, decoded<AgentStatus>(std::move(done))});
}

void AsyncClient::examine(Done<Examination> done) {
  impl_->requests.begin({.method = "doctor",
                         .params = kNoParams,
                         .done = decoded<Examination>(std::move(done)),
                         .patience = kExaminationPatience});
}

void AsyncClient::hello(const std::string& name, const std::string& version, Done<void> done) {
  impl_->requests.begin({"hello", local::encode_json(local::HelloParams{name, version}),
                         confirmed<local::HelloResult>(std::move(done))});
}

void AsyncClient::modules(Done<std::vector<ModuleInfo>> done) {
  impl_->requests.begin(list_of<ModuleInfo>("modules", kNoParams, std::move(done)));
}

void AsyncClient::forget(const std::string& node, Done<ForgetOutcome> done) {
  const auto outcome = [](const local::ForgetResult& result) { return result.outcome; };
  impl_->requests.begin({"forget", local::encode_json(local::ForgetParams{node}),
                         decoded<local::ForgetResult>(std::move(done), outcome)});
}

void AsyncClient::network_keys(Done<KeyStatus> done) {
  impl_->requests.begin({"keys", kNoParams, decoded<KeyStatus>(std::move(done))});
}

void AsyncClient::rotate_key(const KeyRotation& rotation, Done<void> done) {
  impl_->requests.begin({"rotate_key", local::encode_json(rotation),
                         confirmed<local::RotateKeyResult>(std::move(done))});
}

void AsyncClient::leave(Done<void> done) {
  impl_->requests.begin({"leave", kNoParams, confirmed<local::LeaveResult>(std::move(done))});
}

void AsyncClient::sleep(milliseconds silence, Done<void> done) {
  impl_->requests.begin({"sleep", local::encode_json(local::SleepParams{silence}),
                         confirmed<local::SleepResult>(std::move(done))});
}

void AsyncClient::reload(Done<ReloadReport> done) {
  impl_->requests.begin({"reload", kNoParams, decoded<ReloadReport>(std::move(done))});
}

void AsyncClient::send(const SendRequest& request, Done<SendReport> done) {
  impl_->requests.begin({.method = "send",
                         .params = local::encode_json(request),
                         .done = decoded<SendReport>(std::move(done)),
                         .patience = request.timeout + local::kAnswerPatience});
}

void AsyncClient::ask(const SendRequest& request, Done<SendReport> done) {
  impl_->requests.begin({.method = "ask",
                         .params = local::encode_json(request),
                         .done = decoded<SendReport>(std::move(done)),
                         .patience = request.timeout + local::kAnswerPatience});
}

void AsyncClient::emit(const SendRequest& request, Done<std::vector<SendReport>> done) {
  const auto reports = [](local::EmitResult result) { return std::move(result.nodes); };
  impl_->requests.begin({.method = "emit",
                         .params = local::encode_json(local::EmitParams{request}),
                         .done = decoded<local::EmitResult>(std::move(done), reports),
                         .patience = request.timeout + local::kAnswerPatience});
}

void AsyncClient::reply(const std::string& ask, const Value& payload, Done<void> done) {
  impl_->requests.begin({"reply", local::encode_json(local::ReplyParams{ask, payload, {}}),
                         confirmed<local::ReplyResult>(std::move(done))});
}

void AsyncClient::decline(const std::string& ask, const std::string& reason, Done<void> done) {
  impl_->requests.begin({"reply", local::encode_json(local::ReplyParams{ask, {}, reason}),
                         confirmed<local::ReplyResult>(std::move(done))});
}

void AsyncClient::subscribe(const ReadQuery& query, bool snapshot, Done<void> done) {
  impl_->requests.begin({"subscribe", local::encode_json(local::SubscribeParams{query, snapshot}),
                         confirmed<local::SubscribeResult>(std::move(done))});
}

void AsyncClient::listen(const std::vector<std::string>& names, Done<void> done) {
  impl_->requests.begin({"listen", local::encode_json(local::ListenParams{names}),
                         confirmed<local::ListenResult>(std::move(done))});
}

}  // namespace dsn
