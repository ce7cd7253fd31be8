// SPDX-License-Identifier: Apache-2.0
#include "local/server/api.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "local/json/json_messages.hpp"
#include "local/server/api_lists.hpp"

namespace dsn::local {
namespace {

std::string error_object(RpcCode code, std::string_view message) {
  std::string json = "{\"code\":" + std::to_string(static_cast<int>(code)) + ",\"message\":";
  append_text(json, message);
  return json + "}";
}

/// The beginning of an answer, up to its result or error.
std::string answer_head(std::string_view id, std::string_view member) {
  return std::string(R"({"jsonrpc":"2.0","id":)").append(id).append(",\"").append(member) + "\":";
}

Api::Reply malformed(RpcCode code, std::string_view message) {
  return {.line = error_line(code, message), .list = std::nullopt, .malformed = true};
}

/// Either a result or an error, as it goes into the answer.
struct Outcome {
  std::string content;  ///< JSON; of a list only its beginning
  std::optional<ListAnswer> list;
  bool failed = false;
  bool subscribe = false;
};

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
  return result_of_list(ReadingElements(backend, query));
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

Outcome set(Backend& backend, const JsonIn& params) {
  const Result<std::vector<SetRequest>> entries = entries_of(params);
  if (!entries) return error(RpcCode::invalid_params, entries.error());
  const Result<std::uint64_t> version = backend.set(*entries);
  if (!version) return error(RpcCode::refused, version.error());
  return result(SetResult{*version});
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

Outcome leave(Backend& backend, const NoParams&) {
  backend.leave();
  return result(LeaveResult{});
}

Outcome reload(Backend& backend, const NoParams&) { return result(backend.reload()); }

Outcome subscribe(Backend&, const NoParams&) {
  Outcome outcome = result(SubscribeResult{});
  outcome.subscribe = true;
  return outcome;
}

/// Reads the parameters that a method takes, and refuses all others.
template <typename Params, Outcome (*serve)(Backend&, const Params&)>
Outcome with(Backend& backend, const JsonIn& json) {
  const Result<Params> params = decode_params<Params>(json);
  return params ? serve(backend, *params) : error(RpcCode::invalid_params, params.error());
}

struct Method {
  std::string_view name;
  Outcome (*serve)(Backend&, const JsonIn& params);
  bool writes;
};

constexpr auto kMethods = std::to_array<Method>({
    {"read", with<ReadQuery, read>, false},
    {"list", with<NoParams, list>, false},
    {"peers", with<NoParams, peers>, false},
    {"set", set, true},
    {"unset", with<UnsetParams, unset>, true},
    {"subscribe", with<NoParams, subscribe>, false},
    {"status", with<NoParams, status>, false},
    {"forget", with<ForgetParams, forget>, true},
    {"leave", with<NoParams, leave>, true},
    {"reload", with<NoParams, reload>, true},
});

Outcome unknown_method(const std::string& name) {
  std::string known;
  for (const Method& method : kMethods) known.append(" ").append(method.name);
  return error(RpcCode::method_not_found,
               "there is no method '" + name.substr(0, 40) + "'; known:" + known);
}

Outcome dispatch(Backend& backend, const std::string& name, const JsonIn& params, bool may_write) {
  const auto* method = std::ranges::find(kMethods, name, &Method::name);
  if (method == kMethods.end()) return unknown_method(name);
  if (method->writes && !may_write) {
    return error(RpcCode::permission_denied,
                 name + " is allowed to root, to the user of the agent and to members of the " +
                     "group of its socket");
  }
  if (!params.is_object()) return error(RpcCode::invalid_params, "'params' must be an object");
  return method->serve(backend, params);
}

}  // namespace

std::string error_line(RpcCode code, std::string_view message) {
  return answer_head("null", "error") + error_object(code, message) + "}\n";
}

std::string event_line(const NodeEvent& event) {
  std::string line = R"({"jsonrpc":"2.0","method":"event","params":)";
  const WallClock clock = WallClock::read();
  append_json(line, event, &clock);
  return line + "}\n";
}

Api::Reply Api::handle(std::string_view line, bool may_write) {
  const std::optional<JsonIn> json = parse_json(line);
  if (!json) return malformed(RpcCode::parse_error, "the line is not JSON, or nested too deep");
  if (!json->is_object()) {
    return malformed(RpcCode::invalid_request,
                     "one request object per line was expected; there are no batches");
  }
  JsonReader request(*json);
  const JsonIn* id = request.find("id");
  const bool id_is_scalar = id == nullptr || id->is_string() || id->is_number() || id->is_null();
  std::string dialect;
  request.required("jsonrpc", dialect);
  std::string method;
  request.required("method", method);
  if (!request.ok() || dialect != "2.0" || !id_is_scalar) {
    return malformed(RpcCode::invalid_request,
                     "a request is {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":...,\"params\":{...}}");
  }
  static const JsonIn kNoParams = JsonIn::object();
  const JsonIn* params = request.find("params");
  Outcome outcome = dispatch(backend_, method, params != nullptr ? *params : kNoParams, may_write);
  Reply reply;
  reply.subscribe = outcome.subscribe;
  if (id == nullptr) return reply;
  using Invalid = JsonIn::error_handler_t;
  reply.line =
      answer_head(id->dump(-1, ' ', false, Invalid::replace), outcome.failed ? "error" : "result") +
      outcome.content;
  reply.list = std::move(outcome.list);
  if (!reply.list) {
    reply.line += "}\n";
  } else if (!reply.list->write_slice(reply.line)) {
    reply.list.reset();
  }
  return reply;
}

}  // namespace dsn::local
