// SPDX-License-Identifier: Apache-2.0
#include "local/server/api.hpp"

#include <array>
#include <map>
#include <utility>

#include "local/json/json_reader.hpp"
#include "local/json/json_messages.hpp"

namespace dsn::local {
namespace {

JsonOut error_object(ErrorCode code, std::string_view message) {
  JsonOut error = JsonOut::object();
  error["code"] = static_cast<int>(code);
  error["message"] = message;
  return error;
}

std::string answer_line(const JsonOut& id, const char* member, JsonOut content) {
  JsonOut answer = JsonOut::object();
  answer["jsonrpc"] = "2.0";
  answer["id"] = id;
  answer[member] = std::move(content);
  return dump_json(answer) + "\n";
}

}  // namespace

std::string error_line(ErrorCode code, std::string_view message) {
  return answer_line(nullptr, "error", error_object(code, message));
}

std::string event_line(const NodeEvent& event) {
  JsonOut line = JsonOut::object();
  line["jsonrpc"] = "2.0";
  line["method"] = "event";
  line["params"] = event_to_json(event, WallClock::read());
  return dump_json(line) + "\n";
}

/// Either a result or an error, as it goes into the answer.
struct Api::Outcome {
  JsonOut content;
  bool failed = false;
  bool subscribe = false;

  static Outcome result(JsonOut content) { return {std::move(content), false, false}; }
  static Outcome error(ErrorCode code, std::string_view message) {
    return {error_object(code, message), true, false};
  }
  static Outcome bad_params(const std::string& problem) {
    return error(ErrorCode::invalid_params, problem);
  }
};

struct Api::Request {
  std::string method;
  const JsonIn& params;
  bool may_write;
};

Api::Reply Api::handle(std::string_view line, bool may_write) {
  const std::optional<JsonIn> json = parse_json(line);
  if (!json) {
    return {error_line(ErrorCode::parse_error, "the line is not JSON, or nested too deep"), false,
            true};
  }
  if (!json->is_object()) {
    return {error_line(ErrorCode::invalid_request,
                       "one request object per line was expected; there are no batches"),
            false, true};
  }
  JsonFields fields(*json);
  const JsonIn* id = fields.find("id");
  const bool id_is_scalar = id == nullptr || id->is_string() || id->is_number() || id->is_null();
  const std::string dialect = fields.text("jsonrpc");
  const std::string method = fields.text("method");
  if (!fields.ok() || dialect != "2.0" || !id_is_scalar) {
    return {
        error_line(ErrorCode::invalid_request,
                   "a request is {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":...,\"params\":{...}}"),
        false, true};
  }
  static const JsonIn kNoParams = JsonIn::object();
  const JsonIn* params = fields.find("params");
  Outcome outcome = dispatch({method, params != nullptr ? *params : kNoParams, may_write});
  Reply reply;
  reply.subscribe = outcome.subscribe;
  if (id != nullptr) {
    const char* member = outcome.failed ? "error" : "result";
    reply.line = answer_line(JsonOut(*id), member, std::move(outcome.content));
  }
  return reply;
}

Api::Outcome Api::dispatch(const Request& request) {
  struct Method {
    const char* name;
    Outcome (Api::*serve)(const JsonIn&);
    bool writes;
  };
  static constexpr std::array<Method, 10> kMethods = {{{"read", &Api::read, false},
                                                       {"list", &Api::list, false},
                                                       {"peers", &Api::peers, false},
                                                       {"set", &Api::set, true},
                                                       {"unset", &Api::unset, true},
                                                       {"subscribe", &Api::subscribe, false},
                                                       {"status", &Api::status, false},
                                                       {"forget", &Api::forget, true},
                                                       {"leave", &Api::leave, true},
                                                       {"reload", &Api::reload, true}}};
  for (const Method& method : kMethods) {
    if (request.method != method.name) continue;
    if (method.writes && !request.may_write) {
      return Outcome::error(ErrorCode::permission_denied,
                            request.method +
                                " is allowed to root, to the user of the agent and to "
                                "members of the group of its socket");
    }
    if (!request.params.is_object()) return Outcome::bad_params("'params' must be an object");
    return (this->*method.serve)(request.params);
  }
  return Outcome::error(ErrorCode::method_not_found,
                        "there is no method '" + request.method.substr(0, 40) +
                            "'; known: read list peers set unset subscribe status forget leave "
                            "reload");
}

Api::Outcome Api::read(const JsonIn& params) {
  JsonFields fields(params);
  ReadQuery query;
  query.node = fields.optional_text("node");
  query.key = fields.optional_text("key");
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  const WallClock clock = WallClock::read();
  JsonOut readings = JsonOut::array();
  for (const Reading& reading : backend_.read(query)) {
    readings.push_back(reading_to_json(reading, clock));
  }
  return Outcome::result(std::move(readings));
}

Api::Outcome Api::list(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  // By name and id: two nodes of one name are two nodes. Nodes without keys are listed too.
  std::map<std::pair<std::string, std::string>, JsonOut> keys_of;
  for (const NodeInfo& node : backend_.nodes()) {
    keys_of.emplace(std::pair(node.name, node.id), JsonOut::array());
  }
  for (const Reading& reading : backend_.read({})) {
    const auto entry = keys_of.emplace(std::pair(reading.node, reading.node_id), JsonOut::array());
    entry.first->second.push_back(reading.key);
  }
  JsonOut nodes = JsonOut::array();
  for (auto& [node, keys] : keys_of) {
    JsonOut json = JsonOut::object();
    json["node"] = node.first;
    json["node_id"] = node.second;
    json["keys"] = std::move(keys);
    nodes.push_back(std::move(json));
  }
  return Outcome::result(std::move(nodes));
}

Api::Outcome Api::peers(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  JsonOut nodes = JsonOut::array();
  for (const NodeInfo& node : backend_.nodes()) nodes.push_back(node_to_json(node));
  return Outcome::result(std::move(nodes));
}

Api::Outcome Api::set(const JsonIn& params) {
  std::vector<SetRequest> entries;
  const auto add = [&entries](const JsonIn& json) -> std::string {
    Result<SetRequest> entry = set_request_from_json(json);
    if (!entry) return entry.error();
    entries.push_back(std::move(entry).value());
    return {};
  };
  if (!params.contains("entries")) {
    // One entry may stand in the parameters themselves: pleasant to type by hand.
    if (const std::string problem = add(params); !problem.empty()) {
      return Outcome::bad_params(problem);
    }
  } else {
    JsonFields fields(params);
    const JsonIn* list = fields.array("entries");
    fields.refuse_others();
    if (!fields.ok()) return Outcome::bad_params(fields.problem());
    if (list->empty() || list->size() > kBatchMax) {
      return Outcome::bad_params("'entries' must have 1 to " + std::to_string(kBatchMax) +
                                 " entries");
    }
    for (const JsonIn& json : *list) {
      if (const std::string problem = add(json); !problem.empty()) {
        return Outcome::bad_params("entry " + std::to_string(entries.size() + 1) + ": " + problem);
      }
    }
  }
  const Result<std::uint64_t> version = backend_.set(entries);
  if (!version) return Outcome::error(ErrorCode::refused, version.error());
  JsonOut result = JsonOut::object();
  result["version"] = *version;
  return Outcome::result(std::move(result));
}

Api::Outcome Api::unset(const JsonIn& params) {
  JsonFields fields(params);
  const JsonIn* list = fields.array("keys");
  fields.refuse_others();
  std::vector<std::string> keys;
  if (list != nullptr && (list->empty() || list->size() > kBatchMax)) {
    fields.fail("'keys' must have 1 to " + std::to_string(kBatchMax) + " keys");
  }
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  for (const JsonIn& json : *list) {
    const auto* key = json.get_ptr<const std::string*>();
    if (key == nullptr) return Outcome::bad_params("'keys' must be texts");
    keys.push_back(*key);
  }
  const Result<std::uint64_t> removed = backend_.unset(keys);
  if (!removed) return Outcome::error(ErrorCode::refused, removed.error());
  JsonOut result = JsonOut::object();
  result["removed"] = *removed;
  return Outcome::result(std::move(result));
}

Api::Outcome Api::status(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  return Outcome::result(status_to_json(backend_.status()));
}

Api::Outcome Api::forget(const JsonIn& params) {
  JsonFields fields(params);
  const std::string node = fields.text("node");
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  const Result<ForgetOutcome> outcome = backend_.forget(node);
  if (!outcome) return Outcome::error(ErrorCode::refused, outcome.error());
  JsonOut result = JsonOut::object();
  result["outcome"] = to_string(*outcome);
  return Outcome::result(std::move(result));
}

Api::Outcome Api::leave(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  backend_.leave();
  JsonOut result = JsonOut::object();
  result["leaving"] = true;
  return Outcome::result(std::move(result));
}

Api::Outcome Api::reload(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  return Outcome::result(reload_to_json(backend_.reload()));
}

Api::Outcome Api::subscribe(const JsonIn& params) {
  JsonFields fields(params);
  fields.refuse_others();
  if (!fields.ok()) return Outcome::bad_params(fields.problem());
  JsonOut result = JsonOut::object();
  result["subscribed"] = true;
  Outcome outcome = Outcome::result(std::move(result));
  outcome.subscribe = true;
  return outcome;
}

}  // namespace dsn::local
