// SPDX-License-Identifier: Apache-2.0
// Sends SYN and measures the round trip by its ACK (docs/protocol.md, section 7.2). A SYN begins an
// anti-entropy round, probes a suspected peer, or confirms a session.
#pragma once

#include <cstdint>

#include "core/common/effects.hpp"
#include "core/liveness/rumours.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/state_digest.hpp"
#include "core/publish/state_signer.hpp"

namespace dsn::core {

/// Recent changes are those of the last two rounds; the sums find what is older and did not arrive.
inline constexpr Duration kRecentSpan = 2 * kRoundMin;

/// Writes Peer::syn.
class SynSender {
 public:
  SynSender(const LocalNode& self, StateDigest& digest, StateSigner& signer,
            RumourSpreader& rumours, Outbox& outbox)
      : self_(self), digest_(digest), signer_(signer), rumours_(rumours), outbox_(outbox) {}

  /// Sends a SYN with what changed recently, and with news behind it.
  void send(Peer& peer, Instant now, Effects& effects);
  /// Appends our newest head and some beats to a SYN or ACK, as far as they fit.
  void append_news(Peer& peer, wire::CborWriter& out, Instant now);

  /// An ACK came. False if it does not answer the latest SYN to the peer.
  [[nodiscard]] bool handle_ack(Peer& peer, std::uint64_t token, Instant now);

  /// Tells apart the answers to SYN and LIST; never 0, which stands for none.
  std::uint64_t new_token();

 private:
  wire::CborWriter compose(Peer& peer, wire::Syn& syn, Instant now);

  const LocalNode& self_;
  StateDigest& digest_;
  StateSigner& signer_;
  RumourSpreader& rumours_;
  Outbox& outbox_;
  std::uint64_t last_token_ = 0;
};

}  // namespace dsn::core
