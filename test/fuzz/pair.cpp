// SPDX-License-Identifier: Apache-2.0
// Goal: no plaintext of a PAIR frame, authentic as it is, breaks a node, its invariants, or what
// the local API shows of it. Input: frames, each a byte (member, time that passes before it, and
// whether RUN and a KNOCK are around it) and the plaintext with its length.
#include <algorithm>

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

constexpr std::size_t kKnockedBytesMax = 1000;

// The plaintext behind RUN, in a KNOCK: it counts as a PAIR frame, and makes the session if there
// is none.
Bytes knock(test::Puppet& member, ByteView text) {
  Bytes plaintext(kKnockedBytesMax + 100);
  CborWriter out(plaintext);
  encode_run(out, {{member.incarnation, member.version}, member.name});
  out.raw(text.first(std::min(text.size(), kKnockedBytesMax)));
  return member.knock(out.written());
}

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
    const bool in_knock = (control & 128) != 0;
    if (!text.empty()) member.send(in_knock ? knock(member, text) : member.pair(text));
  }
  stage.net.run_for(2s);
  show_all(*stage.machine().node, stage.net.now());
  return 0;
}
