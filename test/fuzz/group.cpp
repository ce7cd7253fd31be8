// SPDX-License-Identifier: Apache-2.0
// Goal: no plaintext of a GROUP frame breaks a node or its invariants. Input: frames, each two
// bytes (member, time that passes, how it comes, what it is) and its content.
#include "core/state/head.hpp"
#include "fuzz/input.hpp"
#include "fuzz/stage.hpp"

namespace dsn::fuzz {

using namespace core;
using namespace wire;

namespace {

// Plaintext that fits into a frame in a frame.
constexpr std::size_t kKnockedBytesMax = 1000;

// A HELLO or WELCOME that is signed as it should be, with numbers of the fuzzer.
Bytes signed_hello(fuzz::Stage& stage, test::Puppet& member, fuzz::Input& input) {
  const std::uint8_t choice = input.byte();
  member.incarnation = static_cast<std::uint32_t>(input.number(choice & 1 ? 4 : 1));
  member.version = input.number(choice & 2 ? 8 : 1);
  member.member_count = input.number(choice & 4 ? 8 : 1);
  member.forge_signature = (choice & 8) != 0;
  if (choice & 16) member.session = SessionId{input.number(8)};
  if (choice & 32) return member.hello(stage.machine().node->self().session());
  return member.hello();
}

// A KNOCK, in the session of the member or in a new one; inside RUN, with numbers of the fuzzer, or
// what it likes.
Bytes knock(test::Puppet& member, fuzz::Input& input) {
  const std::uint8_t choice = input.byte();
  if (choice & 1) member.session = SessionId{input.number(8)};
  if (choice & 2) return member.knock(input.block(kKnockedBytesMax));
  member.incarnation = static_cast<std::uint32_t>(input.number(choice & 4 ? 4 : 1));
  member.version = input.number(choice & 8 ? 8 : 1);
  return member.knock();
}

// What the node itself would have signed in an earlier run.
Bytes own_head(fuzz::Stage& stage, test::Puppet& member, fuzz::Input& input) {
  const LocalNode& self = stage.machine().node->self();
  Head head;
  head.network = stage.machine().node->network_id();
  head.id = self.id();
  head.version = {static_cast<std::uint32_t>(input.number(4)), input.number(8)};
  head.session = SessionId{input.number(8)};
  std::array<std::uint8_t, kHeadBytesMax> buffer{};
  const ByteView encoded = ByteView(buffer).first(encode_head(head, buffer));
  Signature signature{};
  (void)sign_head(*stage.machine().crypto, encoded, signature);
  Bytes text(kPlaintextBytesMax);
  CborWriter out(text);
  encode_own_head(out, {encoded, signature});
  return member.group(out.written());
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
    const std::uint8_t kind = input.byte();
    test::Puppet& member = stage.member(control);
    const bool multicast = (control & 128) != 0;
    stage.pass_time(control >> 2);
    switch (kind % 4) {
      case 0:
        if (const ByteView text = input.block(kPlaintextBytesMax); !text.empty()) {
          member.send(member.group(text), multicast);
        }
        break;
      case 1:
        member.send(signed_hello(stage, member, input), multicast);
        break;
      case 2:
        member.send(own_head(stage, member, input), multicast);
        break;
      case 3:
        member.send(knock(member, input), multicast);
        break;
    }
  }
  stage.net.run_for(2s);
  return 0;
}
