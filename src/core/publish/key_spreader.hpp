// SPDX-License-Identifier: Apache-2.0
// Hands the newest key of the network on to those who do not have it (docs/protocol.md,
// section 7.10).
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "core/common/counters.hpp"
#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/peers/outbox.hpp"
#include "core/peers/peer_table.hpp"
#include "core/session/keyring.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Heads say who has which key. Writes Peer::key.
class KeySpreader {
 public:
  KeySpreader(Keyring& keys, const LocalNode& self, PeerTable& peers, Outbox& outbox,
              Counters& counters, Instant now)
      : keys_(keys),
        self_(self),
        peers_(peers),
        outbox_(outbox),
        counters_(counters),
        taken_(now) {}

  /// A peer hands a key on.
  void handle_key(Peer& peer, const wire::KeyMessage& message, Instant now);
  /// The operator does. All members get it at once.
  Keyring::Verdict take(const wire::KeyMessage& message, Instant now);
  /// Whether a key was taken since the last call.
  [[nodiscard]] bool take_change() { return std::exchange(changed_, false); }

  /// The peer showed this in its newest head, in its own session.
  static void note_mark(Peer& peer, KeyMark mark);
  /// The newest key that the peer is known to have.
  [[nodiscard]] static KeyMark mark_of(const Peer& peer);
  /// Whether it is not known to have the newest key and its statement.
  [[nodiscard]] bool is_missing(const Peer& peer) const;
  /// Sends the key to the peer if that has not shown it, but not too often; otherwise who else is
  /// out.
  void hand_on(Peer& peer, Instant now, Effects& effects);
  /// The former keys under which HELLOs go out, too.
  [[nodiscard]] std::span<const KeyHandle> announced_former(Instant now) const;

  void handle_timeout(Instant now, Effects& effects);
  [[nodiscard]] Instant next_deadline() const { return due_; }

 private:
  void hand_on_overtaken(Peer& peer, Effects& effects);
  bool send(Peer& peer, const wire::KeyMessage& message, Effects& effects);
  void note_taken(Instant now);
  void note_joined();

  Keyring& keys_;
  const LocalNode& self_;
  PeerTable& peers_;
  Outbox& outbox_;
  Counters& counters_;
  TokenBucket verified_{kStatementsPerSecond, 4};
  Instant taken_;  // when the current key was, in this run
  bool changed_ = false;
  std::vector<NodeId> to_tell_;
  Instant due_ = kNever;
};

}  // namespace dsn::core
