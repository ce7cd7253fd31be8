// SPDX-License-Identifier: Apache-2.0
// Opens the PAIR frames of a session, each of them once (docs/protocol.md, section 3.2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "core/common/counters.hpp"
#include "core/session/crypto_port.hpp"
#include "core/session/frame_codec.hpp"
#include "core/session/session.hpp"
#include "wire/messages.hpp"

namespace dsn::core {

class PairOpener {
 public:
  PairOpener(CryptoPort& crypto, Counters& counters) : crypto_(crypto), counters_(counters) {}

  /// The plaintext, valid until the next call. Nothing if the session has ended, or if the frame is
  /// not new or not authentic, which is counted. Whoever takes the frame calls Session::accept.
  std::optional<ByteView> open(const Session& session, const FrameHeader& header, ByteView frame);

 private:
  CryptoPort& crypto_;
  Counters& counters_;
  std::array<std::uint8_t, wire::kPlaintextBytesMax> plaintext_{};
};

}  // namespace dsn::core
