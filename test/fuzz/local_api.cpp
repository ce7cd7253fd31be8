// SPDX-License-Identifier: Apache-2.0
// Goal: any line gets at most one line of JSON as its answer, nothing is written for a caller who
// may only read, and what the client's side reads of an answer survives being written again.
#include "local/server/api.hpp"

#include "base/check.hpp"
#include "fuzz/input.hpp"
#include "local/json/json_messages.hpp"
#include "local/json/json_text.hpp"
#include "unit/local/server/fake_backend.hpp"

namespace dsn::local {
namespace {

FakeBackend populated() {
  FakeBackend backend;
  backend.readings = {sample_reading("door", Value::boolean(true), ""),
                      sample_reading("room/temperature", Value::real(21.75), "Cel"),
                      sample_reading("raw", Value::bytes(Bytes{1, 2, 3}), "")};
  NodeInfo node;
  node.name = "attic";
  node.id = "00112233445566778899aabbccddeeff";
  backend.node_list = {node};
  backend.agent_status.node = "attic";
  return backend;
}

void check_value(const JsonIn& json) {
  const std::optional<Value> value = value_from_json(json);
  if (!value) return;
  const std::optional<JsonIn> again = parse_json(value_json(*value));
  DSN_CHECK(again.has_value());
  DSN_CHECK(value_from_json(*again) == value);
}

void check_client_side(const JsonIn& json) {
  const WallClock clock;
  if (const auto reading = decode_json<Reading>(json)) (void)encode_json(*reading, clock);
  if (const auto node = decode_json<NodeInfo>(json)) (void)encode_json(*node);
  if (const auto event = decode_json<NodeEvent>(json)) (void)encode_json(*event, clock);
  if (const auto status = decode_json<AgentStatus>(json)) (void)encode_json(*status);
  if (const auto request = decode_params<SetRequest>(json)) (void)encode_json(*request);
}

}  // namespace
}  // namespace dsn::local

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn::local;
  dsn::fuzz::Input input(data, size);
  const bool may_write = input.byte() % 2 == 0;
  const dsn::ByteView rest = input.rest();
  const std::string_view line(reinterpret_cast<const char*>(rest.data()), rest.size());
  FakeBackend backend = populated();
  Api api(backend);
  Api::Reply reply = api.handle(line, {may_write, true, [](const std::string&) {}});
  while (reply.list) {
    if (!reply.list->write_slice(reply.line)) reply.list.reset();
  }
  DSN_CHECK(reply.line.empty() || reply.line.find('\n') == reply.line.size() - 1);
  DSN_CHECK(reply.line.empty() || parse_json(reply.line).has_value());
  DSN_CHECK(may_write || (backend.last_set.empty() && backend.last_unset.empty()));
  DSN_CHECK(backend.last_set.size() <= kBatchMax && backend.last_unset.size() <= kBatchMax);
  if (const auto json = parse_json(line)) {
    check_value(*json);
    check_client_side(*json);
  }
  return 0;
}
