// SPDX-License-Identifier: Apache-2.0
#include "local/server/api.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/message_name.hpp"
#include "base/suggest.hpp"
#include "local/json/json_messages.hpp"
#include "local/server/api_lists.hpp"

namespace dsn::local {
namespace {

std::string error_object(RpcCode code, std::string_view message) {
  std::string json = "{\"code\":" + std::to_string(static_cast<int>(code)) + ",\"message\":";
  append_text(json, message);
  return json + "}";
}

RpcCode code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
      return RpcCode::not_found;
    case ErrorCode::invalid_argument:
      return RpcCode::invalid_params;
    default:
      return RpcCode::refused;
  }
}

/// The beginning of an answer, up to its result or error.
std::string answer_head(std::string_view id, std::string_view member) {
  return std::string(R"({"jsonrpc":"2.0","id":)").append(id).append(",\"").append(member) + "\":";
}

Api::Reply malformed(RpcCode code, std::string_view message, std::string_view id = "null") {
  return {.line = error_line(code, message, id), .list = std::nullopt, .malformed = true};
}

/// The id of a request, as it comes back; empty if there is none.
std::string id_text_of(const JsonIn* id) {
  if (id == nullptr) return "";
  return id->dump(-1, ' ', false, JsonIn::error_handler_t::replace);
}

/// Either a result or an error, as it goes into the answer.
struct Outcome {
  std::string content;  ///< JSON; of a list only its beginning
  std::optional<ListAnswer> list;
  bool failed = false;
  std::optional<Subscription> subscribe{};
  std::optional<std::vector<std::string>> listen{};
  std::optional<HelloParams> hello{};
};

/// Takes the outcome of a method that waits for the network.
using Respond = std::function<void(const Outcome&)>;

Outcome error(RpcCode code, std::string_view message) {
  return {.content = error_object(code, message), .list = std::nullopt, .failed = true};
}

template <typename T>
Outcome result(const T& message) {
  return {.content = encode_json(message), .list = std::nullopt};
}

Outcome result_of_list(ListAnswer::NextElement next) {
  return {.content = "[", .list = ListAnswer(std::move(next))};
}

Outcome read(Backend& backend, const ReadQuery& query) {
  if (const std::string problem = problem_of(query); !problem.empty()) {
    return error(RpcCode::invalid_params, problem);
  }
  if (query.limit == 0U) return error(RpcCode::invalid_params, "'limit' must be 1 or more");
  ReadingElements elements(backend, query);
  if (query.after && !elements.skip_to(*query.after)) {
    return error(RpcCode::not_found, "the node of 'after' is not among these: read from the start");
  }
  return result_of_list(std::move(elements));
}

Outcome list(Backend& backend, const NoParams&) { return result_of_list(KeyElements(backend)); }

Outcome peers(Backend& backend, const NoParams&) { return result_of_list(PeerElements(backend)); }

/// The entries of a batch. One entry may stand in the parameters themselves, which is pleasant to
/// type by hand.
Result<std::vector<SetRequest>> entries_of(const JsonIn& params) {
  std::vector<SetRequest> entries;
  if (!params.contains("entries")) {
    Result<SetRequest> entry = decode_params<SetRequest>(params);
    if (!entry) return entry.failure();
    entries.push_back(std::move(entry).value());
    return entries;
  }
  JsonReader reader(params);
  const JsonIn* list = reader.find("entries");
  if (!list->is_array()) reader.fail("'entries' must be a list");
  reader.refuse_others();
  if (!reader.ok()) return Error{reader.problem()};
  if (list->empty() || list->size() > kBatchMax) {
    return Error{"'entries' must have 1 to " + std::to_string(kBatchMax) + " entries"};
  }
  for (const JsonIn& json : *list) {
    Result<SetRequest> entry = decode_params<SetRequest>(json);
    if (!entry) {
      return entry.failure().prefixed("entry " + std::to_string(entries.size() + 1) + ": ");
    }
    entries.push_back(std::move(entry).value());
  }
  return entries;
}

Outcome set(Backend& backend, const JsonIn& params, const Caller& caller) {
  const Result<std::vector<SetRequest>> entries = entries_of(params);
  if (!entries) return error(RpcCode::invalid_params, entries.error());
  const Result<SetReport> report = backend.set(*entries, caller.connection);
  if (!report) return error(RpcCode::refused, report.error());
  return result(*report);
}

Outcome unset(Backend& backend, const UnsetParams& params) {
  if (params.keys.empty() || params.keys.size() > kBatchMax) {
    return error(RpcCode::invalid_params,
                 "'keys' must have 1 to " + std::to_string(kBatchMax) + " keys");
  }
  const Result<std::uint64_t> removed = backend.unset(params.keys);
  if (!removed) return error(RpcCode::refused, removed.error());
  return result(UnsetResult{*removed});
}

Outcome status(Backend& backend, const NoParams&) { return result(backend.status()); }

Outcome forget(Backend& backend, const ForgetParams& params) {
  const Result<ForgetOutcome> outcome = backend.forget(params.node);
  if (!outcome) return error(RpcCode::refused, outcome.error());
  return result(ForgetResult{*outcome});
}

Outcome network_keys(Backend& backend, const NoParams&) { return result(backend.network_keys()); }

Outcome rotate_key(Backend& backend, const KeyRotation& rotation) {
  const Result<void> taken = backend.rotate_key(rotation);
  if (!taken) return error(code_of(taken.failure()), taken.error());
  return result(RotateKeyResult{});
}

constexpr std::chrono::milliseconds kSleepMin = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kSleepMax = std::chrono::days(30);

Outcome leave(Backend& backend, const NoParams&) {
  backend.leave();
  return result(LeaveResult{});
}

Outcome sleep(Backend& backend, const SleepParams& params) {
  if (params.silence < kSleepMin || params.silence > kSleepMax) {
    return error(RpcCode::invalid_params, "'for_ms' must be from 1000 to 2592000000");
  }
  backend.fall_asleep(params.silence);
  return result(SleepResult{});
}

Outcome reload(Backend& backend, const NoParams&) { return result(backend.reload()); }

Outcome subscribe(Backend& backend, const SubscribeParams& params) {
  if (const std::string problem = problem_of(params.query); !problem.empty()) {
    return error(RpcCode::invalid_params, problem);
  }
  backend.handle_subscriber();
  Outcome outcome = result(SubscribeResult{});
  outcome.subscribe.emplace(backend, params);
  return outcome;
}

constexpr std::chrono::milliseconds kTimeoutMin{100};
constexpr std::chrono::milliseconds kTimeoutMax{3'600'000};

constexpr const char* kTimeoutRule = "'timeout_ms' must be from 100 to 3600000";

bool is_timeout(std::chrono::milliseconds timeout) {
  return timeout >= kTimeoutMin && timeout <= kTimeoutMax;
}

void fetch(Backend& backend, const FetchRequest& request, const Respond& respond) {
  if (!is_timeout(request.timeout)) return respond(error(RpcCode::invalid_params, kTimeoutRule));
  backend.fetch(request, [respond](const Result<Reading>& reading) {
    if (!reading) return respond(error(code_of(reading.failure()), reading.error()));
    respond({.content = encode_json(*reading, WallClock::read()), .list = std::nullopt});
  });
}

void doctor(Backend& backend, const NoParams&, const Respond& respond) {
  backend.examine([respond](const Examination& examination) { respond(result(examination)); });
}

/// What is wrong with a message that is to be sent; empty if nothing is.
std::string problem_of(const SendRequest& request) {
  if (!is_message_name(request.name)) {
    return "'name' must be 1 to 64 bytes of text without control characters, and without blanks at "
           "its ends";
  }
  if (!is_timeout(request.timeout)) return kTimeoutRule;
  return {};
}

void send_message(Backend& backend, const SendRequest& request, bool wants_reply,
                  const Respond& respond) {
  if (const std::string problem = problem_of(request); !problem.empty()) {
    return respond(error(RpcCode::invalid_params, problem));
  }
  backend.send(request, wants_reply, [respond](const Result<SendReport>& report) {
    respond(report ? result(*report) : error(code_of(report.failure()), report.error()));
  });
}

void send(Backend& backend, const SendRequest& request, const Respond& respond) {
  send_message(backend, request, false, respond);
}

void ask(Backend& backend, const SendRequest& request, const Respond& respond) {
  send_message(backend, request, true, respond);
}

void emit(Backend& backend, const EmitParams& params, const Respond& respond) {
  if (const std::string problem = problem_of(params.request); !problem.empty()) {
    return respond(error(RpcCode::invalid_params, problem));
  }
  backend.emit(params.request, [respond](const Result<std::vector<SendReport>>& reports) {
    respond(reports ? result(EmitResult{*reports}) : error(RpcCode::refused, reports.error()));
  });
}

Outcome reply(Backend& backend, const ReplyParams& params) {
  const Result<void> replied = backend.reply(params.ask, params.payload, params.failure);
  if (!replied) return error(code_of(replied.failure()), replied.error());
  return result(ReplyResult{});
}

Outcome listen(Backend&, const ListenParams& params) {
  if (params.names.size() > kBatchMax) {
    return error(RpcCode::invalid_params,
                 "'names' may have " + std::to_string(kBatchMax) + " patterns");
  }
  const auto is_long = [](const std::string& one) { return one.size() > kPatternBytesMax; };
  if (std::ranges::any_of(params.names, is_long)) {
    return error(RpcCode::invalid_params,
                 "a pattern may have " + std::to_string(kPatternBytesMax) + " bytes");
  }
  Outcome outcome = result(ListenResult{});
  outcome.listen = params.names.empty() ? std::vector<std::string>{"*"} : params.names;
  return outcome;
}

Outcome hello(Backend&, const HelloParams& params) {
  if (!is_message_name(params.name) ||
      (!params.version.empty() && !is_message_name(params.version))) {
    return error(RpcCode::invalid_params,
                 "'name' and 'version' must be 1 to 64 bytes of text without control characters, "
                 "and without blanks at their ends");
  }
  Outcome outcome = result(HelloResult{});
  outcome.hello = params;
  return outcome;
}

Outcome modules(Backend&, const JsonIn& json, const Caller& caller) {
  const Result<NoParams> params = decode_params<NoParams>(json);
  if (!params) return error(RpcCode::invalid_params, params.error());
  return result_of_list([all = caller.modules(), next = std::size_t{0}](std::string& out) mutable {
    if (next == all.size()) return false;
    append_json(out, all[next++]);
    return true;
  });
}

/// Reads the parameters that a method takes, and refuses all others.
template <typename Params, Outcome (*serve)(Backend&, const Params&)>
Outcome with(Backend& backend, const JsonIn& json, const Caller& /*caller*/) {
  const Result<Params> params = decode_params<Params>(json);
  return params ? serve(backend, *params) : error(RpcCode::invalid_params, params.error());
}

/// The same for a method that waits for the network.
template <typename Params, void (*serve)(Backend&, const Params&, const Respond&)>
void later_with(Backend& backend, const JsonIn& json, const Respond& respond) {
  const Result<Params> params = decode_params<Params>(json);
  if (!params) return respond(error(RpcCode::invalid_params, params.error()));
  serve(backend, *params, respond);
}

/// One of the two functions.
struct Method {
  std::string_view name;
  Outcome (*serve)(Backend&, const JsonIn& params, const Caller&);
  bool writes;
  void (*serve_later)(Backend&, const JsonIn& params, const Respond&) = nullptr;
  bool owner_only = false;  ///< allowed to root and the user of the agent alone
};

constexpr auto kMethods = std::to_array<Method>({
    {"read", with<ReadQuery, read>, false},
    {"fetch", nullptr, false, later_with<FetchRequest, fetch>},
    {"list", with<NoParams, list>, false},
    {"peers", with<NoParams, peers>, false},
    {"set", set, true},
    {"unset", with<UnsetParams, unset>, true},
    {"subscribe", with<SubscribeParams, subscribe>, false},
    {"status", with<NoParams, status>, false},
    {"doctor", nullptr, false, later_with<NoParams, doctor>},
    {"forget", with<ForgetParams, forget>, true},
    {"keys", with<NoParams, network_keys>, false},
    {"rotate_key", with<KeyRotation, rotate_key>, true, nullptr, true},
    {"leave", with<NoParams, leave>, true},
    {"sleep", with<SleepParams, sleep>, true},
    {"reload", with<NoParams, reload>, true},
    {"send", nullptr, true, later_with<SendRequest, send>},
    {"ask", nullptr, true, later_with<SendRequest, ask>},
    {"emit", nullptr, true, later_with<EmitParams, emit>},
    {"reply", with<ReplyParams, reply>, true},
    {"listen", with<ListenParams, listen>, false},
    {"hello", with<HelloParams, hello>, false},
    {"modules", modules, false},
});

Outcome unknown_method(const std::string& name) {
  std::vector<std::string_view> names;
  for (const Method& method : kMethods) names.push_back(method.name);
  return error(RpcCode::method_not_found, "method " + no_such_word(name, names));
}

/// What is wrong with a line that is an object and no request.
std::string request_problem(const JsonReader& request) {
  const std::string form = R"(a request is {"jsonrpc":"2.0","id":1,"method":...,"params":{...}})";
  return request.ok() ? form : form + ": " + request.problem();
}

/// Why the caller may not have the method called; nothing if it may.
std::optional<Outcome> refusal(const Method& method, const JsonIn& params, const Caller& caller) {
  if (method.writes && !caller.may_write) {
    return error(RpcCode::permission_denied,
                 std::string(method.name) +
                     " is allowed to root, to the user of the agent and to members of the group " +
                     "of its socket");
  }
  if (method.owner_only && !caller.is_owner) {
    return error(RpcCode::permission_denied,
                 std::string(method.name) + " is allowed to root and to the user of the agent");
  }
  if (!params.is_object()) return error(RpcCode::invalid_params, "'params' must be an object");
  if (method.serve_later != nullptr && !caller.may_wait) {
    return error(RpcCode::too_many, "more than " + std::to_string(kAnswersDueMax) +
                                        " requests of this connection wait for an answer");
  }
  return std::nullopt;
}

/// A whole answer; the outcome has no list.
std::string answer_line(std::string_view id, const Outcome& outcome) {
  return answer_head(id, outcome.failed ? "error" : "result") + outcome.content + "}\n";
}

}  // namespace

std::string error_line(RpcCode code, std::string_view message, std::string_view id) {
  return answer_head(id, "error") + error_object(code, message) + "}\n";
}

std::string message_line(const Message& message) {
  return R"({"jsonrpc":"2.0","method":"message","params":)" + encode_json(message) + "}\n";
}

Api::Reply Api::handle(std::string_view line, const Caller& caller) {
  const std::optional<JsonIn> json = parse_json(line);
  if (!json) return malformed(RpcCode::parse_error, "the line is not JSON, or nested too deep");
  if (!json->is_object()) {
    return malformed(RpcCode::invalid_request,
                     "one request object per line was expected; there are no batches");
  }
  JsonReader request(*json);
  const JsonIn* id = request.find("id");
  const bool id_is_scalar = id == nullptr || id->is_string() || id->is_number() || id->is_null();
  const std::string id_text = id_is_scalar ? id_text_of(id) : "null";
  std::string dialect;
  request.required("jsonrpc", dialect);
  std::string method;
  request.required("method", method);
  const JsonIn* params = request.find("params");
  if (!request.ok() || dialect != "2.0" || !id_is_scalar) {
    request.refuse_others("a member of it");
    return malformed(RpcCode::invalid_request, request_problem(request),
                     id_text.empty() ? "null" : id_text);
  }
  static const JsonIn kNoParams = JsonIn::object();
  return call(method, params != nullptr ? *params : kNoParams, id_text, caller);
}

Api::Reply Api::call(const std::string& name, const JsonIn& params, const std::string& id,
                     const Caller& caller) {
  const auto* method = std::ranges::find(kMethods, name, &Method::name);
  std::optional<Outcome> outcome;
  if (method == kMethods.end()) {
    outcome = unknown_method(name);
  } else {
    outcome = refusal(*method, params, caller);
  }
  Reply reply;
  if (!outcome && method->serve_later != nullptr) {
    reply.comes_later = true;
    method->serve_later(backend_, params, [id, answer = caller.answer_later](const Outcome& later) {
      answer(id.empty() ? "" : answer_line(id, later));
    });
    return reply;
  }
  if (!outcome) outcome = method->serve(backend_, params, caller);
  reply.subscribe = std::move(outcome->subscribe);
  reply.listen = std::move(outcome->listen);
  reply.hello = std::move(outcome->hello);
  if (id.empty()) return reply;
  if (!outcome->list) {
    reply.line = answer_line(id, *outcome);
    return reply;
  }
  reply.line = answer_head(id, "result") + outcome->content;
  reply.list = std::move(outcome->list);
  if (!reply.list->write_slice(reply.line)) reply.list.reset();
  return reply;
}

}  // namespace dsn::local
