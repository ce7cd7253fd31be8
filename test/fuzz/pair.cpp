// SPDX-License-Identifier: Apache-2.0
// Goal: no plaintext of a PAIR frame, authentic as it is, breaks a node or its invariants. Input:
// frames, each a byte (member and time that passes before it) and the plaintext with its length.
#include "fuzz/input.hpp"
#include "fuzz/stage.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dsn;
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
  return 0;
}
