// SPDX-License-Identifier: Apache-2.0
// Confirms a session that was agreed on, but in which no frame of the peer came yet
// (docs/protocol.md, section 6.1).
#pragma once

#include <cstddef>

#include "core/common/deadline_queue.hpp"
#include "core/common/effects.hpp"
#include "core/liveness/syn_sender.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"

namespace dsn::core {

/// Sends SYNs in the new session until the peer answers in it. All together are no larger than the
/// WELCOME, because the address that it came from is not proven. Writes Peer::confirmation.
class SessionConfirmer {
 public:
  SessionConfirmer(PeerTable& peers, SynSender& syns, Outbox& outbox)
      : peers_(peers), syns_(syns), outbox_(outbox) {}

  /// A WELCOME of so many bytes came from there.
  void begin(Peer& peer, const Endpoint& from, std::size_t bytes, Instant now);
  /// A frame of the peer was opened.
  static void end(Peer& peer) { peer.confirmation.due = kNever; }

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_.earliest(); }

 private:
  bool send(Peer& peer, Instant now, Effects& effects);

  PeerTable& peers_;
  SynSender& syns_;
  Outbox& outbox_;
  DeadlineQueue due_;
};

}  // namespace dsn::core
