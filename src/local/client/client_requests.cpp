// SPDX-License-Identifier: Apache-2.0
#include "local/client/client_requests.hpp"

#include <algorithm>
#include <utility>

#include "local/json/rpc_code.hpp"

namespace dsn::local {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

/// An agent that takes nothing costs the program so much.
constexpr std::size_t kUnsentBytesMax = 1024 * 1024;

/// What the agent says instead of a result.
Error refusal(const JsonIn& error) {
  Error refusal{"the agent refused without a reason", ErrorCode::refused};
  if (!error.is_object()) return refusal;
  if (const auto message = error.find("message"); message != error.end() && message->is_string()) {
    refusal.message = message->get<std::string>();
  }
  if (const auto code = error.find("code"); code != error.end() && code->is_number_integer()) {
    refusal.code = meaning_of(static_cast<RpcCode>(code->get<int>()));
  }
  return refusal;
}

Result<JsonIn> result_in(const JsonIn& answer) {
  if (const auto error = answer.find("error"); error != answer.end()) return refusal(*error);
  const auto result = answer.find("result");
  if (result != answer.end()) return *result;
  return Error{"the agent's answer has no result", ErrorCode::not_understood};
}

}  // namespace

void ClientRequests::begin(ClientRequest request) {
  const std::uint64_t id = ++count_;
  Waiting waiting{std::move(request), Clock::now(), lines_.unsent() > kUnsentBytesMax};
  if (waiting.is_refused) {
    ++refused_;
  } else {
    lines_.send(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + ",\"method\":\"" +
                waiting.request.method + "\",\"params\":" + waiting.request.params + "}");
  }
  waiting.request.params.clear();
  waiting_.emplace(id, std::move(waiting));
}

void ClientRequests::process() {
  lines_.transfer();
  while (const std::optional<std::string> line = lines_.next_line()) handle(*line);
  if (refused_ > 0) fail_refused();
  give_up_overdue();
  if (!works()) fail_all();
}

std::optional<milliseconds> ClientRequests::time_left() const {
  if (waiting_.empty()) return std::nullopt;
  if (!works() || refused_ > 0) return milliseconds(0);
  TimePoint earliest = TimePoint::max();
  for (const auto& [id, waiting] : waiting_) earliest = std::min(earliest, due(waiting));
  return std::max(std::chrono::ceil<milliseconds>(earliest - Clock::now()), milliseconds(0));
}

ClientRequests::TimePoint ClientRequests::due(const Waiting& waiting) const {
  return std::max(waiting.started, lines_.moved()) + waiting.request.patience;
}

std::optional<JsonIn> ClientRequests::parse(const std::string& line) {
  const auto is_list = [](const auto& one) { return one.second.request.take != nullptr; };
  if (std::ranges::none_of(waiting_, is_list)) return parse_json(line);
  const auto take = [this](std::uint64_t id, const JsonIn& element) {
    const auto waiting = waiting_.find(id);
    if (waiting == waiting_.end() || !waiting->second.request.take) return false;
    waiting->second.request.take(element);
    return true;
  };
  return parse_answer(line, take);
}

void ClientRequests::handle(const std::string& line) {
  const std::optional<JsonIn> json = parse(line);
  if (!json || !json->is_object()) {
    return lines_.give_up({"the agent's answer is not JSON", ErrorCode::not_understood});
  }
  const auto method = json->find("method");
  const auto params = json->find("params");
  if (method != json->end() && method->is_string() && params != json->end()) {
    return notices_.notification(method->get<std::string>(), *params);
  }
  answer(*json);
}

void ClientRequests::answer(const JsonIn& json) {
  const auto id = json.find("id");
  if (id == json.end()) return;
  // An error without id is about the connection, as when there are too many.
  if (id->is_null() && json.contains("error")) return lines_.give_up(refusal(json["error"]));
  if (!id->is_number_unsigned()) return;
  const auto waiting = waiting_.find(id->get<std::uint64_t>());
  if (waiting == waiting_.end()) return;
  const auto done = std::move(waiting->second.request.done);
  waiting_.erase(waiting);
  if (done) done(result_in(json));
}

// Such as were too many for an agent that takes nothing.
void ClientRequests::fail_refused() {
  refused_ = 0;
  std::vector<ClientRequest> refused;
  std::erase_if(waiting_, [&](auto& one) {
    if (one.second.is_refused) refused.push_back(std::move(one.second.request));
    return one.second.is_refused;
  });
  for (const ClientRequest& one : refused) {
    if (one.done) {
      one.done(Error{"the agent takes no requests: 1 MiB of them wait", ErrorCode::refused});
    }
  }
}

void ClientRequests::give_up_overdue() {
  if (!works()) return;
  const TimePoint now = Clock::now();
  const auto overdue =
      std::ranges::find_if(waiting_, [&](const auto& one) { return due(one.second) <= now; });
  if (overdue == waiting_.end()) return;
  const auto seconds = overdue->second.request.patience / std::chrono::seconds(1);
  lines_.give_up(
      {"the agent did not answer within " + std::to_string(seconds) + " s", ErrorCode::timed_out});
}

void ClientRequests::fail_all() {
  const Error failure = *lines_.failure();
  for (auto& [id, waiting] : std::exchange(waiting_, {})) {
    if (waiting.request.done) waiting.request.done(failure);
  }
  if (std::exchange(has_ended_, true)) return;
  notices_.ended(failure);
}

}  // namespace dsn::local
