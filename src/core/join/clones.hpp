// SPDX-License-Identifier: Apache-2.0
// Two machines with one identity, as after the copy of a card: who is told, and how the one that
// remains gets back (docs/protocol.md, section 7.5).
#pragma once

#include <optional>

#include "core/common/effects.hpp"
#include "core/common/rate_limiter.hpp"
#include "core/join/discovery.hpp"
#include "core/join/greeter.hpp"
#include "core/peers/peer_table.hpp"
#include "core/state/head.hpp"
#include "core/state/local_node.hpp"

namespace dsn::core {

/// Another machine with this node's own identity.
struct OwnClone {
  Instant heard{};      ///< when there was the last sign of it
  Endpoint at;          ///< where it is; port 0 if only others hear it
  bool is_out = false;  ///< the others believe it, and not this one
};

/// Writes Peer::twin.
class Clones {
 public:
  Clones(const Keyring& keys, LocalNode& self, PeerTable& peers, Discovery& discovery,
         Greeter& greeter)
      : keys_(keys), self_(self), peers_(peers), discovery_(discovery), greeter_(greeter) {}

  /// A run of another node that has passed.
  struct PastRun {
    NodeId id;
    std::uint32_t incarnation = 0;
    SessionId session{};
    Endpoint at;
  };
  /// The run asks to be let in. Returns whether it is to be told that it has passed: not while a
  /// later run of its node lives, lest two machines raise each other for ever.
  bool note_past_run(const PastRun& run, Instant now);
  /// Whether the run is a second machine, and its head is worth a verification.
  [[nodiscard]] bool is_second_machine(const PastRun& run, Instant now) const;
  /// The head of the second machine is verified: tells the application, and now and then the other
  /// machine.
  void second_machine_proven(const PastRun& run, const StoredHead& head, Instant now,
                             Effects& effects);

  /// The peer has a new session: what was the second machine may be this one.
  static void run_accepted(Peer& peer) { peer.twin = {}; }

  /// A run of this node's own identity that this one has left behind said HELLO, or others tell of
  /// it. Returns whether its head is worth a verification: a recording comes once.
  bool note_own_past_run(SessionId session, Instant now);
  /// Another machine runs with this identity; `at` has port 0 if that is not known.
  void report_own(const Endpoint& at, Instant now, Effects& effects);
  /// Others hold a run of this identity that is as far as this one. Raises the incarnation if that
  /// is allowed, and reports the clone otherwise.
  void handle_later_run(std::uint32_t incarnation, Instant now, Effects& effects);
  /// Nothing if no other machine was noticed in the last minute.
  [[nodiscard]] std::optional<OwnClone> own_clone(Instant now) const;

  void handle_timeout(Instant now);
  [[nodiscard]] Instant next_deadline() const { return call_due_; }

 private:
  const Keyring& keys_;
  LocalNode& self_;
  PeerTable& peers_;
  Discovery& discovery_;
  Greeter& greeter_;

  TokenBucket raises_{kIncarnationRaisesPerSecond, kIncarnationRaises};
  std::uint32_t highest_ = 0;  ///< incarnation that others showed
  Instant highest_shown_{};    ///< when they first did
  Instant call_due_ = kNever;  ///< of the next HELLO while this node is not believed
  OwnClone own_;
  PeerTwin own_past_;
};

}  // namespace dsn::core
