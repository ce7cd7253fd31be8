// SPDX-License-Identifier: Apache-2.0
// Goal: no plaintext of a PAIR frame, authentic as it is, breaks a node, its invariants, or what
// the local API shows of it. Input: frames, each a byte (member and time that passes before it) and
// the plaintext with its length.
#include "base/check.hpp"
#include "fuzz/input.hpp"
#include "fuzz/stage.hpp"
#include "local/json/json_messages.hpp"
#include "node/readings_view.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace node;
using namespace wire;

namespace {

void show_all(const Node& node, Instant now) {
  const local::WallClock clock{std::chrono::system_clock::time_point(std::chrono::hours(500'000))};
  for (const Reading& reading : node::list_readings(node, {}, now)) {
    const std::string line = local::encode_json(reading, clock);
    const auto json = local::parse_json(line);
    DSN_CHECK(json && local::decode_json<Reading>(*json).has_value());
  }
  for (const NodeInfo& info : node::list_nodes(node, now)) {
    const auto json = local::parse_json(local::encode_json(info));
    DSN_CHECK(json && local::decode_json<NodeInfo>(*json).has_value());
  }
}

}  // namespace
}  // namespace dsn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
  using namespace dsn::fuzz;
  fuzz::Input input(data, size);
  fuzz::Stage stage;
  for (int frames = 0; frames < 64 && !input.at_end(); ++frames) {
    const std::uint8_t control = input.byte();
    test::Puppet& member = stage.member(control);
    stage.pass_time(control >> 2);
    const ByteView text = input.block(kPlaintextBytesMax);
    if (!text.empty()) member.send(member.pair(text));
  }
  stage.net.run_for(2s);
  show_all(*stage.machine().node, stage.net.now());
  return 0;
}
