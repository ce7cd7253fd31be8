// SPDX-License-Identifier: Apache-2.0
// Sends SYN and measures the round trip by its ACK (docs/protocol.md, section 7.2). A SYN begins an
// anti-entropy round, probes a suspected peer, or asks an address whether the peer is there.
#pragma once

#include <cstdint>

#include "core/common/deadline_queue.hpp"
#include "core/common/effects.hpp"
#include "core/liveness/rumours.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/peers/state_digest.hpp"
#include "core/publish/key_spreader.hpp"
#include "core/publish/state_signer.hpp"
#include "core/session/crypto_port.hpp"

namespace dsn::core {

/// Recent changes are those of the last two rounds; the sums find what is older and did not arrive.
inline constexpr Duration kRecentSpan = 2 * kRoundMin;

/// Writes Peer::syn, and asks whether a peer hears where it seems to be.
class SynSender {
 public:
  /// Nobody can foresee the tokens who does not know the secret of this run.
  SynSender(CryptoPort& crypto, const LocalNode& self, PeerTable& peers, StateDigest& digest,
            StateSigner& signer, KeySpreader& keys, RumourSpreader& rumours, Outbox& outbox,
            const Secret<32>& run_secret);

  /// Sends a SYN with what changed recently and news behind it, and the network key if the peer
  /// lacks it.
  void send(Peer& peer, Instant now, Effects& effects);
  /// Sends a SYN to the unproven address of the peer, if it is time, and again as long as that may
  /// be sent more. `introduces`: it is time, RUN goes before it, and our newest head
  /// behind it if that leaves enough for more questions.
  void ask_address(Peer& peer, bool introduces, Instant now, Effects& effects);
  /// Whether an ACK with this token comes from the unproven address, which is proven then.
  [[nodiscard]] bool proves_address(Peer& peer, std::uint64_t token);
  /// Appends our newest head and some beats to a SYN or ACK, as far as they fit.
  void append_news(Peer& peer, wire::CborWriter& out, Instant now);

  /// An ACK came. False if it does not answer the latest SYN to the peer.
  [[nodiscard]] bool handle_ack(Peer& peer, std::uint64_t token, Instant now);

  /// Tells apart the answers to SYN and LIST; never 0, which stands for none. Three bytes on the
  /// wire.
  std::uint64_t new_token();

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return ask_due_.earliest(); }

 private:
  std::uint64_t draw();

  const LocalNode& self_;
  PeerTable& peers_;
  StateDigest& digest_;
  StateSigner& signer_;
  KeySpreader& keys_;
  RumourSpreader& rumours_;
  Outbox& outbox_;
  Secret<16> token_key_;
  std::uint64_t drawn_ = 0;  // numbers, so far
  std::uint64_t last_token_ = 0;
  DeadlineQueue ask_due_;  // by UnprovenAddress::asked
};

}  // namespace dsn::core
