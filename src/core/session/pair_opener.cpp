// SPDX-License-Identifier: Apache-2.0
#include "core/session/pair_opener.hpp"

#include "core/common/injected_bugs.hpp"

namespace dsn::core {

// protocol.md [drop-shape] [drop-replay] [drop-forged] [window-authentic]
std::optional<ByteView> PairOpener::open(const Session& session, const FrameHeader& header,
                                         ByteView frame) {
  if (header.key_epoch != session.frame_epoch()) {
    counters_.add(Counter::drop_key_epoch);
    return std::nullopt;
  }
  const bool is_new =
      session.received.is_new(header.sequence) || has_bug(InjectedBug::frame_repeated);
  if (session.ended || !is_new) {
    counters_.add(Counter::drop_replayed);
    return std::nullopt;
  }
  if (header.sender == session.receive.label) {
    const auto plaintext = open_frame(crypto_, session.receive.key, header, frame, plaintext_);
    if (plaintext) return plaintext;
  }
  counters_.add(Counter::drop_forged);
  return std::nullopt;
}

}  // namespace dsn::core
