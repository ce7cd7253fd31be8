// SPDX-License-Identifier: Apache-2.0
#include "local/server/api.hpp"

#include <gtest/gtest.h>

#include "local/json/json_codec.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {
namespace {

class ApiTest : public testing::Test {
 protected:
  JsonIn ask(const std::string& line, bool may_write = true) {
    Api::Reply reply = api_.handle(
        line, {may_write, 1, true, [this](const std::string& later) { later_ = later; }});
    while (reply.list) {
      if (!reply.list->write_slice(reply.line)) reply.list.reset();
    }
    EXPECT_TRUE(reply.line.ends_with('\n')) << reply.line;
    const auto json = parse_json(reply.line);
    EXPECT_TRUE(json) << reply.line;
    return json.value_or(JsonIn());
  }
  JsonIn call(const std::string& method, const std::string& params, bool may_write = true) {
    return ask(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}",
               may_write);
  }
  int code_of(const JsonIn& answer) {
    EXPECT_TRUE(answer.contains("error")) << answer;
    return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
  }

  /// Calls a method whose answer comes later.
  Api::Reply begin(const std::string& method, const std::string& params, bool may_wait = true) {
    return api_.handle(
        R"({"jsonrpc":"2.0","id":9,"method":")" + method + R"(","params":)" + params + "}",
        {true, 1, may_wait, [this](const std::string& later) { later_ = later; }});
  }
  JsonIn later() { return parse_json(later_).value_or(JsonIn()); }

  FakeBackend backend_;
  Api api_{backend_};
  std::string later_;
};

TEST_F(ApiTest, AMessageIsAnsweredWhenItIsSettled) {
  const Api::Reply reply =
      begin("send", R"({"node":"shed","name":"light","payload":{"on":true},"timeout_ms":500})");
  EXPECT_TRUE(reply.comes_later);
  EXPECT_TRUE(reply.line.empty());
  EXPECT_TRUE(later_.empty());
  EXPECT_EQ(backend_.last_sent.node, "shed");
  EXPECT_EQ(backend_.last_sent.name, "light");
  EXPECT_EQ(backend_.last_sent.timeout, std::chrono::milliseconds(500));
  EXPECT_FALSE(backend_.last_wants_reply);
  ASSERT_EQ(backend_.sent.size(), 1U);
  SendReport report;
  report.node = "shed";
  report.listeners = 2;
  backend_.sent[0](report);
  EXPECT_EQ(later()["id"], 9);
  EXPECT_EQ(later()["result"]["outcome"], "delivered");
  EXPECT_EQ(later()["result"]["listeners"], 2);
  EXPECT_FALSE(later()["result"].contains("payload"));
}

TEST_F(ApiTest, AnAskIsAnsweredWithTheReply) {
  (void)begin("ask", R"({"node":"shed","name":"light"})");
  EXPECT_TRUE(backend_.last_wants_reply);
  EXPECT_TRUE(backend_.last_sent.payload.is_null());
  SendReport report;
  report.reply = Value::integer(5);
  ASSERT_EQ(backend_.sent.size(), 1U);
  backend_.sent[0](report);
  EXPECT_EQ(later()["result"]["payload"], 5);
}

TEST_F(ApiTest, AnEmitHasAReportOfEachNode) {
  (void)begin("emit", R"({"name":"light","payload":1})");
  ASSERT_TRUE(backend_.emitted);
  SendReport none;
  none.node = "shed";
  none.delivery = Delivery::nobody_listens;
  backend_.emitted(std::vector{SendReport{}, none});
  ASSERT_EQ(later()["result"]["nodes"].size(), 2U);
  EXPECT_EQ(later()["result"]["nodes"][1]["outcome"], "nobody listens");
}

TEST_F(ApiTest, AMessageThatCannotBeIsRefused) {
  const auto code = [&](const std::string& method, const std::string& params) {
    later_.clear();
    EXPECT_TRUE(begin(method, params).comes_later);
    return code_of(later());
  };
  EXPECT_EQ(code("send", R"({"name":"light"})"), -32602) << "without a node";
  EXPECT_EQ(code("send", R"({"node":"shed","name":""})"), -32602);
  EXPECT_EQ(code("send", R"({"node":"shed","name":"a\nb"})"), -32602);
  EXPECT_EQ(code("send", R"({"node":"shed","name":"a","payloud":1})"), -32602);
  EXPECT_EQ(code("send", R"({"node":"shed","name":"a","timeout_ms":5})"), -32602);
  EXPECT_EQ(code("emit", R"({"name":"a","timeout_ms":999999999})"), -32602);
  EXPECT_EQ(code("send", R"({"node":"shed","name":"a","payload":")" +
                             std::string(kJsonPayloadBytesMax, 'x') + "\"}"),
            -32602);
  EXPECT_TRUE(backend_.sent.empty());
  begin("send", R"({"node":"shed","name":"a"})");
  ASSERT_EQ(backend_.sent.size(), 1U);
  backend_.sent[0](Error{"there is no node 'shed'", ErrorCode::not_found});
  EXPECT_EQ(code_of(later()), -32004);
}

TEST_F(ApiTest, WhoMayNotWriteMayListenButNotSend) {
  EXPECT_EQ(code_of(call("send", R"({"node":"shed","name":"a"})", false)), -32001);
  EXPECT_EQ(code_of(call("reply", R"({"ask":"7"})", false)), -32001);
  EXPECT_TRUE(call("listen", "{}", false).contains("result"));
}

TEST_F(ApiTest, AConnectionMayNotWaitForAnyNumberOfAnswers) {
  EXPECT_EQ(code_of(parse_json(begin("send", R"({"node":"shed","name":"a"})", false).line).value()),
            -32003);
  EXPECT_TRUE(backend_.sent.empty());
}

TEST_F(ApiTest, ListenTakesPatternsOfNames) {
  const auto patterns = [&](const std::string& params) {
    return api_.handle(R"({"jsonrpc":"2.0","id":1,"method":"listen","params":)" + params + "}", {})
        .listen;
  };
  EXPECT_EQ(patterns("{}"), std::vector<std::string>{"*"});
  EXPECT_EQ(patterns(R"({"names":["light","door*"]})"),
            (std::vector<std::string>{"light", "door*"}));
}

TEST_F(ApiTest, AReplyHasAPayloadOrAReason) {
  EXPECT_TRUE(call("reply", R"({"ask":"7","payload":1})").contains("result"));
  EXPECT_EQ(backend_.last_reply, Value::integer(1));
  EXPECT_TRUE(call("reply", R"({"ask":"7","failure":"broken"})").contains("result"));
  EXPECT_EQ(backend_.last_failure, "broken");
  EXPECT_EQ(code_of(call("reply", R"({"ask":"8"})")), -32004);
}

TEST_F(ApiTest, ReadPassesTheQueryOn) {
  backend_.readings = {sample_reading("a", Value::integer(1), ""),
                       sample_reading("b", Value::integer(2), "")};
  EXPECT_EQ(call("read", "{}")["result"].size(), 2U);
  EXPECT_FALSE(backend_.last_node);
  const JsonIn answer = call("read", R"({"node":"attic","key":"b"})");
  ASSERT_EQ(answer["result"].size(), 1U);
  EXPECT_EQ(answer["result"][0]["value"], 2);
  EXPECT_EQ(answer["id"], 1);
  // No answer is no error: the caller knows best what it means.
  EXPECT_EQ(call("read", R"({"node":"nobody"})")["result"], JsonIn::array());
}

TEST_F(ApiTest, AQuerySelectsByWords) {
  backend_.readings = {sample_reading("a", Value::integer(1), ""),
                       sample_reading("b", Value::integer(2), "")};
  backend_.readings[1].freshness = Freshness::node_gone;
  EXPECT_EQ(call("read", R"({"status":"node gone"})")["result"].size(), 1U);
  EXPECT_EQ(call("read", R"({"status":["ok","node gone"]})")["result"].size(), 2U);
  EXPECT_EQ(call("read", R"({"status":null,"state":[]})")["result"].size(), 2U);
  const JsonIn answer = call("read", R"({"state":["lvie"]})");
  EXPECT_EQ(code_of(answer), -32602);
  EXPECT_EQ(answer["error"]["message"],
            "'state': 'lvie' (did you mean 'live'?) is none of: self, live, late, gone, "
            "restarting, left, asleep");
  for (const char* params : {R"({"status":7})", R"({"key":""})", R"({"database":[]})"}) {
    EXPECT_EQ(code_of(call("read", params)), -32602) << params;
    EXPECT_EQ(code_of(call("subscribe", params)), -32602) << params;
  }
}

TEST_F(ApiTest, ReadHasPages) {
  const std::string other(32, 'b');
  for (const char* key : {"a", "b", "c", "d"}) {
    backend_.readings.push_back(sample_reading(key, Value::integer(1), ""));
    backend_.readings.push_back(sample_reading(key, Value::integer(2), ""));
    backend_.readings.back().node = "shed";
    backend_.readings.back().node_id = other;
  }
  std::string after;
  std::string found;
  std::vector<std::size_t> sizes;
  while (sizes.empty() || sizes.back() == 3) {
    const JsonIn page = call("read", R"({"limit":3)" + after + "}")["result"];
    for (const JsonIn& one : page) {
      found += one["node"].get<std::string>() + one["key"].get<std::string>() + " ";
      after = R"(,"after":{"node_id":)" + one["node_id"].dump() + R"(,"key":)" + one["key"].dump() +
              "}";
    }
    sizes.push_back(page.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 2}));
  EXPECT_EQ(found, "attica atticb atticc atticd sheda shedb shedc shedd ");
  // The last one need not be there any more; its node must.
  const auto behind = [&](const std::string& id, const std::string& key) {
    return call("read", R"({"after":{"node_id":")" + id + R"(","key":")" + key + R"("}})");
  };
  EXPECT_EQ(behind(other, "bb")["result"].size(), 2U);
  EXPECT_EQ(code_of(behind(std::string(32, 'c'), "a")), -32004);
  EXPECT_EQ(code_of(call("read", R"({"limit":0})")), -32602);
  EXPECT_EQ(code_of(call("read", R"({"after":{"node":"attic"}})")), -32602);
  EXPECT_EQ(code_of(call("subscribe", R"({"limit":3})")), -32602);
}

TEST_F(ApiTest, ParamsMayBeAbsent) {
  EXPECT_TRUE(ask(R"({"jsonrpc":"2.0","id":"x","method":"read"})").contains("result"));
}

TEST_F(ApiTest, ListGroupsKeysByNodeAndKeepsNamesakesApart) {
  backend_.readings = {sample_reading("a", Value(), ""), sample_reading("b", Value(), ""),
                       sample_reading("a", Value(), "")};
  backend_.readings[2].node_id = "ff";
  NodeInfo silent;
  silent.name = "shed";
  silent.id = "33";
  backend_.node_list = {silent};
  const JsonIn list = call("list", "{}")["result"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["keys"], (JsonIn{"a", "b"}));
  EXPECT_EQ(list[1]["keys"], (JsonIn{"a"}));
  EXPECT_EQ(list[2]["node"], "shed");
  EXPECT_EQ(list[2]["keys"], JsonIn::array());
}

TEST_F(ApiTest, NodesAndKeysMayVanishWhileAListIsWritten) {
  for (int i = 0; i < 2 * kElementsPerSlice; ++i) {
    backend_.readings.push_back(sample_reading("k" + std::to_string(i), Value(), ""));
  }
  Api::Reply reply = api_.handle(R"({"jsonrpc":"2.0","id":1,"method":"read"})", {false, true, {}});
  ASSERT_TRUE(reply.list);
  backend_.readings.resize(kElementsPerSlice + 1);
  while (reply.list->write_slice(reply.line)) continue;
  const auto json = parse_json(reply.line);
  ASSERT_TRUE(json) << reply.line;
  EXPECT_EQ((*json)["result"].size(), kElementsPerSlice + 1U);
}

TEST_F(ApiTest, PeersAndStatusAnswer) {
  NodeInfo node;
  node.name = "attic";
  backend_.node_list = {node};
  backend_.agent_status.node = "attic";
  EXPECT_EQ(call("peers", "{}")["result"][0]["node"], "attic");
  EXPECT_EQ(call("status", "{}")["result"]["node"], "attic");
}

TEST_F(ApiTest, SetTakesABatchOrOneEntry) {
  const JsonIn batch =
      call("set", R"({"entries":[{"key":"a","value":1},{"key":"b","value":"x"}]})");
  EXPECT_EQ(batch["result"]["version"], 101);
  ASSERT_EQ(backend_.last_set.size(), 2U);
  EXPECT_EQ(backend_.last_set[1].value, Value::text("x"));
  EXPECT_EQ(call("set", R"({"key":"c","value":true})")["result"]["version"], 102);
  ASSERT_EQ(backend_.last_set.size(), 1U);
}

TEST_F(ApiTest, SetNamesTheWrongEntry) {
  const JsonIn answer = call("set", R"({"entries":[{"key":"a","value":1},{"key":"b"}]})");
  EXPECT_EQ(code_of(answer), -32602);
  EXPECT_EQ(answer["error"]["message"], "entry 2: 'value' is missing");
  EXPECT_EQ(code_of(call("forget", R"({"node":"shed"})", false)), -32001);
  EXPECT_EQ(code_of(call("leave", "{}", false)), -32001);
  EXPECT_EQ(code_of(call("reload", "{}", false)), -32001);
  EXPECT_EQ(backend_.reloads, 0);
  EXPECT_TRUE(backend_.last_set.empty());
  EXPECT_TRUE(backend_.last_forgotten.empty());
  EXPECT_FALSE(backend_.left);
  std::string many = R"({"entries":[)";
  for (std::size_t i = 0; i <= kBatchMax; ++i) many += R"({"key":"a","value":1},)";
  many.back() = ']';
  EXPECT_EQ(code_of(call("set", many + "}")), -32602);
  EXPECT_EQ(code_of(call("set", R"({"entries":[]})")), -32602);
}

TEST_F(ApiTest, RefusalsOfTheNodeAreToldInItsWords) {
  backend_.refusal = "'Bad' is no key";
  const JsonIn answer = call("set", R"({"key":"Bad","value":1})");
  EXPECT_EQ(code_of(answer), -32000);
  EXPECT_EQ(answer["error"]["message"], "'Bad' is no key");
}

TEST_F(ApiTest, UnsetCounts) {
  EXPECT_EQ(call("unset", R"({"keys":["a","b"]})")["result"]["removed"], 2);
  EXPECT_EQ(backend_.last_unset, (std::vector<std::string>{"a", "b"}));
  for (const char* params : {"{}", R"({"keys":[]})", R"({"keys":"a"})", R"({"keys":[1]})"}) {
    EXPECT_EQ(code_of(call("unset", params)), -32602) << params;
  }
}

TEST_F(ApiTest, ForgetAndLeaveReachTheNode) {
  EXPECT_EQ(call("forget", R"({"node":"shed"})")["result"]["outcome"], "forgotten");
  EXPECT_EQ(backend_.last_forgotten, "shed");
  backend_.forget_outcome = ForgetOutcome::name_moved;
  EXPECT_EQ(call("forget", R"({"node":"shed~9ea6"})")["result"]["outcome"], "name moved");
  backend_.refusal = "shed is live";
  EXPECT_EQ(code_of(call("forget", R"({"node":"shed"})")), -32000);
  for (const char* params : {"{}", R"({"node":1})", R"({"node":"shed","force":true})"}) {
    EXPECT_EQ(code_of(call("forget", params)), -32602) << params;
  }
  EXPECT_EQ(code_of(call("leave", R"({"now":true})")), -32602);
  EXPECT_FALSE(backend_.left);
  EXPECT_EQ(call("leave", "{}")["result"]["leaving"], true);
  EXPECT_EQ(code_of(call("sleep", R"({"for_ms":999})")), -32602);
  EXPECT_EQ(call("sleep", R"({"for_ms":600000})")["result"]["sleeping"], true);
  EXPECT_EQ(backend_.slept, std::chrono::minutes(10));
  EXPECT_TRUE(backend_.left);
}

TEST_F(ApiTest, ReloadTellsWhatBecameOfIt) {
  backend_.reload_report.applied = true;
  backend_.reload_report.sensors_added = 2;
  backend_.reload_report.next_start = {"port"};
  const auto result = call("reload", "{}")["result"];
  EXPECT_EQ(result.dump(),
            R"({"applied":true,"changed":[],"errors":[],"next_start":["port"],"sensors":)"
            R"({"added":2,"changed":0,"removed":0,"unchanged":0},"warnings":[]})");
  EXPECT_EQ(code_of(call("reload", R"({"file":"/x"})")), -32602);
  EXPECT_EQ(backend_.reloads, 1);
}

TEST_F(ApiTest, WritesNeedPermissionAndReadsDoNot) {
  EXPECT_EQ(code_of(call("set", R"({"key":"a","value":1})", false)), -32001);
  EXPECT_EQ(code_of(call("unset", R"({"keys":["a"]})", false)), -32001);
  EXPECT_TRUE(backend_.last_set.empty());
  for (const char* method : {"read", "list", "peers", "status", "subscribe"}) {
    EXPECT_TRUE(call(method, "{}", false).contains("result")) << method;
  }
}

TEST_F(ApiTest, ErrorsHaveTheCodesOfJsonRpc) {
  EXPECT_EQ(code_of(ask("{not json")), -32700);
  EXPECT_EQ(code_of(ask(std::string(60'000, '['))), -32700);
  EXPECT_EQ(code_of(ask("[]")), -32600);
  EXPECT_EQ(code_of(ask("3")), -32600);
  EXPECT_EQ(code_of(ask(R"({"id":1,"method":"read"})")), -32600);
  EXPECT_EQ(code_of(ask(R"({"jsonrpc":"1.0","id":1,"method":"read"})")), -32600);
  EXPECT_EQ(code_of(ask(R"({"jsonrpc":"2.0","id":1})")), -32600);
  EXPECT_EQ(code_of(ask(R"({"jsonrpc":"2.0","id":[],"method":"read"})")), -32600);
  EXPECT_EQ(code_of(call("raed", "{}")), -32601);
  EXPECT_EQ(code_of(call("read", "[]")), -32602);
  EXPECT_EQ(code_of(call("read", R"({"node":7})")), -32602);
  EXPECT_EQ(code_of(call("read", R"({"nodes":"attic"})")), -32602);
  for (const char* method : {"list", "peers", "status", "subscribe"}) {
    EXPECT_EQ(code_of(call(method, R"({"x":1})")), -32602) << method;
  }
}

TEST_F(ApiTest, AMisspeltMemberIsNamedWithASuggestion) {
  const auto message = [&](const std::string& method, const std::string& params) {
    const JsonIn answer = call(method, params);
    EXPECT_EQ(code_of(answer), -32602);
    return answer["error"]["message"].get<std::string>();
  };
  EXPECT_EQ(message("set", R"({"key":"a","valeu":1})"),
            "'valeu' is not a parameter of this method (did you mean 'value'?)");
  EXPECT_EQ(message("set", R"({"entries":[{"key":"a","value":1},{"kye":"a","value":1}]})"),
            "entry 2: 'kye' is not a parameter of this method (did you mean 'key'?)");
  EXPECT_EQ(message("read", R"({"nodes":"attic"})"),
            "'nodes' is not a parameter of this method (did you mean 'node'?)");
  EXPECT_EQ(message("status", R"({"zzz":1})"), "'zzz' is not a parameter of this method");
  const JsonIn unknown = call("raed", "{}");
  EXPECT_TRUE(unknown["error"]["message"].get<std::string>().starts_with(
      "method 'raed' (did you mean 'read'?) is none of: read, "))
      << unknown;
  const JsonIn broken = ask(R"({"jsonrpc":"2.0","id":1,"methd":"read"})");
  EXPECT_TRUE(broken["error"]["message"].get<std::string>().ends_with(
      "'methd' is not a member of it (did you mean 'method'?)"))
      << broken;
}

TEST_F(ApiTest, TheAnswerToABrokenRequestHasItsId) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":7})")["id"], 7);
  EXPECT_EQ(ask(R"({"id":"x","method":"read"})")["id"], "x");
  EXPECT_TRUE(ask(R"({"jsonrpc":"2.0","id":[1],"method":"read"})")["id"].is_null());
  EXPECT_TRUE(ask(R"({"jsonrpc":"2.0"})")["id"].is_null());
  EXPECT_TRUE(ask("[7]")["id"].is_null());
}

TEST_F(ApiTest, TheIdComesBackAsItWas) {
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":"é","method":"status"})")["id"], "é");
  EXPECT_EQ(ask(R"({"jsonrpc":"2.0","id":9007199254740993,"method":"status"})")["id"],
            9007199254740993);
  EXPECT_TRUE(ask(R"({"jsonrpc":"2.0","id":null,"method":"status"})")["id"].is_null());
}

TEST_F(ApiTest, ANotificationIsDoneAndNotAnswered) {
  const auto reply = api_.handle(
      R"({"jsonrpc":"2.0","method":"set","params":{"key":"a","value":1}})", {true, true, {}});
  EXPECT_TRUE(reply.line.empty());
  EXPECT_EQ(backend_.last_set.size(), 1U);
}

TEST_F(ApiTest, SubscribeIsReportedToTheConnection) {
  EXPECT_TRUE(
      api_.handle(R"({"jsonrpc":"2.0","id":1,"method":"subscribe"})", {false, true, {}}).subscribe);
  EXPECT_FALSE(
      api_.handle(R"({"jsonrpc":"2.0","id":1,"method":"status"})", {false, true, {}}).subscribe);
}

TEST(EventLine, IsANotification) {
  NodeEvent event;
  event.kind = NodeEvent::Kind::gone;
  event.node = "shed";
  event.node_id = "33";
  EXPECT_EQ(event_line(event),
            R"({"jsonrpc":"2.0","method":"event","params":{"event":"gone","node":"shed",)"
            R"("node_id":"33"}})"
            "\n");
}

}  // namespace
}  // namespace dsn::local
